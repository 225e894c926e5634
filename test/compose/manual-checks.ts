import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../stack/world/waiting.ts'
import { type Check, expect } from './check.ts'
import { CHATBOT, type ComposeStack, JAEGER, readJson } from './compose-stack.ts'
import { readBlock } from './manual.ts'

/** A word that no other document contains. */
const WORD = 'zarquonium'
const PAGE = `# Coffee machine\n\n## Descaling\n\nDescale the coffee machine with ${WORD} every six weeks.\n`
/** The collector decides on a trace after 10 s, and Prometheus looks every 15 s. */
const ARRIVED_WITHIN_S = 120
const TRACE_LINK = /http:\/\/127\.0\.0\.1:16686\/trace\/([0-9a-f]{32})/

/** The commands of the manual, run as they are written there. */
export const MANUAL_CHECKS: readonly Check[] = [
  {
    name: 'Follow one message: its duration in Prometheus',
    needs: 'prometheus',
    run: stack => followMessage(stack, /^[\d.e-]+ s {2}POST \/chat$/m),
  },
  {
    name: 'Follow one message: its lines in Loki',
    needs: 'loki',
    run: stack => followMessage(stack, /Bot response sent/),
  },
  { name: 'Follow one message: its trace in Jaeger', needs: 'jaeger', run: findTrace },
  { name: 'Documents ingested by the recipe are answered from', run: ingest },
  { name: 'Commands in the running container', run: runCommands },
  { name: 'A backup copied out of the container', run: backUp },
]

/** Waits for an output of the manual's commands, which say a message each time. */
async function followMessage({ engine }: ComposeStack, expected: RegExp): Promise<string> {
  const script = readBlock('stack.md', 'Follow one message', 'trace=$(curl')
  let output = ''
  await until(
    `docs/stack.md, Follow one message, prints ${expected}`,
    async () => {
      // Some of the commands fail where a service is left out.
      output = await engine.shell(`set +e +o pipefail\n${script}\ntrue`, tmpdir())
      return expected.test(output)
    },
    ARRIVED_WITHIN_S,
  )
  expect(TRACE_LINK.test(output), () => `no link to a trace:\n${output}`)
  return (expected.exec(output)?.[0] ?? '').trim()
}

async function findTrace({ engine }: ComposeStack): Promise<string> {
  const output = await engine.shell(
    `set +e +o pipefail\n${readBlock('stack.md', 'Follow one message', 'trace=$(curl')}\ntrue`,
    tmpdir(),
  )
  const trace = TRACE_LINK.exec(output)?.[1]
  let spans = 0
  await until(
    `Jaeger has the trace ${trace}`,
    async () => {
      const reply = await fetch(`${JAEGER}/api/traces/${trace}`)
      const { data } = (await reply.json()) as { readonly data?: readonly { readonly spans: readonly unknown[] }[] | null }
      spans = data?.[0]?.spans.length ?? 0
      return spans > 0
    },
    ARRIVED_WITHIN_S,
  )
  return `${spans} spans`
}

async function ingest({ engine }: ComposeStack): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-manual-'))
  try {
    const handbook = join(folder, 'handbook')
    mkdirSync(handbook)
    writeFileSync(join(handbook, 'coffee.md'), PAGE)
    // The container's user reads them.
    for (const each of [folder, handbook]) chmodSync(each, 0o755)
    const output = await engine.shell(readBlock('operations.md', 'Run it with Docker', 'ingest /handbook'), folder)
    await checkDocument()
    return output.split('\n').at(-1) ?? ''
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Checks that the server answers from the document of the recipe. */
export async function checkDocument(): Promise<void> {
  // The running server notices it within a second.
  await until('the document is found', async () => (await readJson(`${CHATBOT}/search?q=${WORD}`)).results.length > 0)
  const reply = await fetch(`${CHATBOT}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'How do I descale the coffee machine?' }),
  })
  const { response } = (await reply.json()) as { readonly response: string }
  expect(response.includes(WORD), () => `the answer is: ${response}`)
}

async function runCommands({ engine }: ComposeStack): Promise<string> {
  await engine.shell(readBlock('operations.md', 'Run it with Docker', 'audit verify'), tmpdir())
  return `audit verify: ${await verifyAudit(engine)}`
}

/** Verifies the audit trail in the running container. */
export async function verifyAudit(engine: ComposeStack['engine']): Promise<string> {
  const output = await engine.docker('compose', 'exec', '-T', 'pellucid', 'node', 'src/cli/pellucid.js', 'audit', 'verify')
  return /\d+ records/.exec(output)?.[0] ?? output
}

async function backUp({ engine }: ComposeStack): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-manual-'))
  try {
    await engine.shell(readBlock('operations.md', 'Run it with Docker', 'compose cp'), folder)
    const database = new DatabaseSync(join(folder, 'backup.sqlite'), { readOnly: true })
    const turns = database.prepare('SELECT count(*) AS turns FROM turns').get()?.turns
    database.close()
    expect(Number(turns) > 0, () => 'the backup has no turns')
    return `${turns} turns`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
