import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const TEMPLATE = join(import.meta.dirname, '../../../otel/aws/template.yaml')

function lint(file: string) {
  return spawnSync(process.env.AWS_PYTHON ?? '', ['-c', 'from cfnlint.runner import main; main()', file], { encoding: 'utf8' })
}

t.test('cfn-lint passes the template, and finds an error in a changed one', async t => {
  const { status, stdout } = lint(TEMPLATE)
  t.equal(status, 0, stdout)
  const changed = join(t.testdir(), 'template.yaml')
  writeFileSync(changed, readFileSync(TEMPLATE, 'utf8').replace('RetentionInDays: 365', 'RetentionInDays: 366'))
  t.match(lint(changed), { status: 2, stdout: /366 is not one of/ })
})
