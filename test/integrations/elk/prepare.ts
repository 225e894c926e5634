import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { cachedFolder, type Prepare } from '../prepare.ts'

const VERSION = '8.19.0'

/** Elasticsearch without most modules: no lifecycle policies, no ES|QL, no ingest pipelines. */
export const prepare: Prepare = async log => {
  const folder = cachedFolder(`elasticsearch-${VERSION}`, folder => {
    log(`fetching Elasticsearch ${VERSION}, once (97 MB)`)
    const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${VERSION}:zip`
    const run = (file: string, ...args: readonly string[]) =>
      execFileSync(file, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    run('mvn', '-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`)
    run('unzip', '-q', `elasticsearch-${VERSION}.zip`)
  })
  return { ELASTICSEARCH_HOME: join(folder, `elasticsearch-${VERSION}`) }
}
