import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runConfigCheck } from '../../../src/cli/config/config-check.ts'

t.test('each file in CONFIG_DIR is checked, and each problem has its line', t => {
  const folder = join(t.testdir(), 'config')
  mkdirSync(folder)
  process.env.CONFIG_DIR = folder
  t.teardown(() => {
    delete process.env.CONFIG_DIR
  })
  const run = () => {
    const [out, err]: [string[], string[]] = [[], []]
    const to = (texts: string[]) => ({ write: (text: string) => texts.push(text) > 0 }) as NodeJS.WriteStream
    const code = runConfigCheck({ stdout: to(out), stderr: to(err) })
    return { code, out: out.join(''), err: err.join('') }
  }
  t.match(run(), { code: 0, out: /^Settings: valid\nmonitoring\.yaml: none in .*\ntexts\.yaml: none in /, err: '' })
  writeFileSync(join(folder, 'monitoring.yaml'), 'evaluation_interval_s: 30\n')
  writeFileSync(join(folder, 'texts.yaml'), 'default_language: xx\n')
  t.match(run(), {
    code: 1,
    out: /monitoring\.yaml: valid\. \d+ rules; channels: none/,
    err: /^CONFIGURATION_INVALID: .*texts\.yaml: default_language: has no texts/,
  })
  writeFileSync(join(folder, 'monitoring.yaml'), 'evaluation_interval: 30\n')
  t.match(run().err, /monitoring\.yaml:1: evaluation_interval: .*Did you mean evaluation_interval_s/)
  t.end()
})
