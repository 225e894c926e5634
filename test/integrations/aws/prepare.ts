import { type Prepare, pythonWith } from '../prepare.ts'

export const prepare: Prepare = async log => ({ AWS_PYTHON: pythonWith(['cfn-lint==1.58.0'], log) })
