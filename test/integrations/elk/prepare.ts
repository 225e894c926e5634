import { execFileSync } from 'node:child_process'
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildCollector } from '../../stack/world/collector-build.ts'
import { cachedFolder, type Prepare } from '../prepare.ts'

const VERSION = '8.19.0'
const RSYSLOG = ['/usr/sbin/rsyslogd', '/usr/lib/*/rsyslog/omelasticsearch.so']

/** Elasticsearch without most modules (no ILM, no ES|QL), its library for grok, and a collector. */
export const prepare: Prepare = async log => {
  const missing = RSYSLOG.filter(glob => globSync(glob).length === 0)
  if (missing.length > 0) throw new Error(`Debian's rsyslog and rsyslog-elasticsearch are missing: no ${missing.join(', ')}`)
  const server = cachedFolder(`elasticsearch-${VERSION}`, folder => {
    log(`fetching Elasticsearch ${VERSION}, once (97 MB)`)
    const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${VERSION}:zip`
    run(folder, 'mvn', '-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`)
    run(folder, 'unzip', '-q', `elasticsearch-${VERSION}.zip`)
  })
  const grok = cachedFolder(`elasticsearch-grok-${VERSION}`, folder => {
    const self = '<modelVersion>4.0.0</modelVersion><groupId>pellucid</groupId><artifactId>grok</artifactId><version>1</version>'
    const library = `<groupId>org.elasticsearch</groupId><artifactId>elasticsearch-grok</artifactId><version>${VERSION}</version>`
    writeFileSync(
      join(folder, 'pom.xml'),
      `<project>${self}<dependencies><dependency>${library}</dependency></dependencies></project>`,
    )
    run(folder, 'mvn', '-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`)
  })
  return {
    ELASTICSEARCH_HOME: join(server, `elasticsearch-${VERSION}`),
    GROK_CLASSPATH: join(grok, 'lib/*'),
    ELK_COLLECTOR: buildCollector(log),
  }
}

function run(folder: string, file: string, ...args: readonly string[]): void {
  execFileSync(file, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}
