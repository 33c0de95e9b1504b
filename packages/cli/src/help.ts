import type { Command } from './command.ts'

const commonOptionsHelp = [
  '-c, --config <path>   the config file; by default leadhooks.config.{ts,mts,js,mjs,cjs} in this folder',
  '    --verbose         shows where an error comes from: its stack and its causes',
  '-h, --help            shows this',
]

export function generalHelp(commands: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  return `Usage: leadhooks <command> [options]

Commands:
${lines.join('\n')}

\`leadhooks <command> --help\` lists its options. \`leadhooks --version\` shows the version.`
}

export function commandHelp(name: string, { summary, optionsHelp }: Command): string {
  const lines = [...optionsHelp, ...commonOptionsHelp].map((line) => `  ${line}`)
  return `Usage: ${name} [options]

${summary}.

Options:
${lines.join('\n')}`
}
