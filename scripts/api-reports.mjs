// Holds the public types of every package against the report that lies in its folder `api`, so that a breaking change
// is seen in review. With `--write` the reports are written anew. Needs the build.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const root = join(import.meta.dirname, '..')
const isWriting = process.argv.includes('--write')

/** The declarations of each entry of a package, by a name for the report: `index`, `storage`. */
function entriesOf(folder) {
  const { exports = {}, private: isPrivate } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (isPrivate) return []
  return Object.entries(exports).flatMap(([path, entry]) => {
    const types = entry.import?.types ?? entry.types
    return types ? [[path === '.' ? 'index' : path.slice(2).replaceAll('/', '-'), join(folder, types)]] : []
  })
}

/** Whether the report is as it was. */
function report(folder, [name, declarations]) {
  const reportFolder = join(folder, 'api')
  mkdirSync(reportFolder, { recursive: true })
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: declarations,
      compiler: { tsconfigFilePath: join(root, 'tsconfig.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder,
        reportTempFolder: join(folder, 'dist', 'api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  })
  const { apiReportChanged, succeeded } = Extractor.invoke(config, {
    localBuild: isWriting,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    },
  })
  return isWriting ? succeeded : succeeded && !apiReportChanged
}

const changed = []
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name)
  for (const entry of entriesOf(folder)) {
    if (!report(folder, entry)) changed.push(`packages/${name}/api/${entry[0]}.api.md`)
  }
}
if (changed.length > 0) {
  console.error(
    `The public types are not those of ${changed.join(', ')}: run \`npm run api-reports\` and look at what changed.`,
  )
  process.exit(1)
}
console.log('The public types of all packages are those of their reports')
