import { type Command, Option } from 'commander'
import type { CommandPrefix } from '../../watch/rules/rule-texts.ts'
import type { AuditCommandDeps } from '../audit.ts'

const PREFIXES: Readonly<Record<string, CommandPrefix>> = {
  npx: 'npx',
  compose: 'docker compose exec pellucid',
  kubernetes: 'kubectl exec deploy/pellucid --',
}

/** Adds `pellucid monitoring`. `finish` gets the exit code. */
export function addMonitoringCommand(program: Command, deps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  const monitoring = program.command('monitoring').description('apply monitoring.yaml, and make other files of it')
  monitoring
    .command('reload')
    .description('check monitoring.yaml, and let the running server apply it')
    .action(async () => {
      const { runMonitoringReload } = await import('./monitoring.ts')
      finish(await runMonitoringReload(deps()))
    })
  monitoring
    .command('schema')
    .description('print the JSON schema of monitoring.yaml, for editors')
    .action(async () => {
      const { runMonitoringSchema } = await import('./monitoring.ts')
      finish(runMonitoringSchema(deps()))
    })
  monitoring
    .command('prometheus')
    .description('print the alert rules for Prometheus, with the thresholds of monitoring.yaml')
    .addOption(
      new Option('--commands <where>', 'how commands in the texts are run').choices(Object.keys(PREFIXES)).default('compose'),
    )
    .option('--url <address>', 'address of the server for links', 'http://127.0.0.1:8000')
    .action(async ({ commands, url }: { commands: string; url: string }) => {
      const { printPrometheusRules } = await import('./monitoring.ts')
      finish(printPrometheusRules({ prefix: PREFIXES[commands] ?? 'npx', publicUrl: url.replace(/\/$/, '') }, deps()))
    })
  monitoring
    .command('alertmanager')
    .description('print a configuration of Alertmanager with the channels of monitoring.yaml; it contains their secrets')
    .action(async () => {
      const { printAlertmanager } = await import('./monitoring.ts')
      finish(printAlertmanager(deps()))
    })
}
