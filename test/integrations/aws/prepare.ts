import { buildCollector } from '../../stack/world/collector-build.ts'
import { type Prepare, pythonWith } from '../prepare.ts'

/** The exporter and the extension that otel/stack/collector-aws.yaml adds to the collector. */
const MORE = { exporters: ['exporter/awsxrayexporter'], extensions: ['extension/sigv4authextension'] }

/** cfn-lint, moto (a server with the APIs of AWS), and a collector with what the overlay uses. */
export const prepare: Prepare = async log => ({
  AWS_PYTHON: pythonWith(['cfn-lint==1.58.0', 'moto[server]==5.2.5', 'boto3==1.44.5'], log),
  AWS_COLLECTOR: buildCollector(log, MORE),
})
