import type { Command } from './command.ts'

const configHelp = [
  '-c, --config <path>   the config file; by default leadhooks.config.{ts,mts,js,mjs,cjs} in this folder',
]
const bareOptionsHelp = [
  '    --verbose         shows where an error comes from: its stack and its causes',
  '-h, --help            shows this',
]

export function generalHelp(commands: Readonly<Record<string, Command>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)} ${summary}`)
  return `Usage: leadhooks <command> [options]

Commands:
${lines.join('\n')}

\`leadhooks <command> --help\` lists its options. \`leadhooks --version\` shows the version.`
}

export function commandHelp(name: string, command: Command): string {
  const { summary, optionsHelp, argument } = command
  const common = 'prepareBare' in command ? bareOptionsHelp : [...configHelp, ...bareOptionsHelp]
  const lines = [...optionsHelp, ...common].map((line) => `  ${line}`)
  return `Usage: ${name}${argument === undefined ? '' : ` <${argument}>`} [options]

${summary}.

Options:
${lines.join('\n')}`
}
