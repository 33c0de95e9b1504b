// For the command line: npx @leadhooks/cli worker
import { openCrm } from './src/open-crm.ts'

export default openCrm(process.env, { logger: console }).leadhooks
