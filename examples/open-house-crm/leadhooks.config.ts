// For the command line: npx @leadhooks/cli worker
import { readEnvironment } from './src/environment.ts'
import { openCrm } from './src/open-crm.ts'

export default openCrm(readEnvironment(process.env), { logger: console }).leadhooks
