import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'
import { freePort } from './free-port.ts'
import { createServiceFolder } from './service-folder.ts'
import { ServiceProcess } from './service-process.ts'

export interface StartPrometheusOptions {
  /** The path of the server. */
  command: string
  /** The port on loopback that serves `/metrics`, or several: they are scraped every second. */
  scrapes: number | readonly number[]
  /** Files of rules, evaluated every second. */
  rules: readonly string[]
}

export interface PrometheusServer {
  url: string
  close(): Promise<void>
}

/** The path of a Prometheus server. `promtool` lies beside it. */
export function findPrometheus(): string {
  const named = process.env['TEST_PROMETHEUS']
  if (named) return named
  const find = (): string | undefined => findExecutable('prometheus')
  const found = find() ?? (aptInstall('prometheus') ? find() : undefined)
  if (found) return found
  throw new Error(
    'Found no Prometheus, and can install one only as root on Debian: install it, or name it in TEST_PROMETHEUS.',
  )
}

/** Starts a Prometheus of its own on a free port of the loopback address. */
export async function startPrometheus(options: StartPrometheusOptions): Promise<PrometheusServer> {
  const folder = createServiceFolder('prometheus', 'prometheus.pid')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = join(folder.path, 'prometheus.json')
  writeFileSync(config, JSON.stringify(configOf(options)))
  const server = new ServiceProcess({
    name: 'Prometheus',
    command: options.command,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder.path}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder: folder.path,
    async probe() {
      const { ok } = await fetch(`${url}/-/ready`)
      if (!ok) throw new Error('Not ready')
    },
  })
  try {
    await server.start()
    writeFileSync(join(folder.path, 'prometheus.pid'), `${server.pid()}\n`)
  } catch (error) {
    await folder.remove()
    throw error
  }
  return {
    url,
    async close() {
      await server.stop('SIGTERM')
      await folder.remove()
    },
  }
}

/** JSON is YAML. */
function configOf({ scrapes, rules }: StartPrometheusOptions): object {
  const targets = [scrapes].flat().map((port) => `127.0.0.1:${port}`)
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: [{ job_name: 'leadhooks', static_configs: [{ targets }] }],
  }
}
