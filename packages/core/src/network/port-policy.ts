import type { NetworkPolicy } from './network-policy.ts'

/**
 * Ports above 1023 where something else than a webhook receiver listens, much of which takes commands from a body that
 * merely holds them.
 */
const services = {
  // https://fetch.spec.whatwg.org/#port-blocking
  refusedByBrowsers: [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 10080,
  ],
  databases: [
    1433, 1434, 1521, 3306, 5432, 5433, 5984, 6432, 7474, 7687, 8086, 8123, 8529, 9042, 27017, 27018, 27019,
  ],
  caches: [6379, 6380, 11211, 16379, 26379],
  queues: [1883, 4222, 5671, 5672, 8883, 9092, 9093, 15672, 61613, 61616],
  search: [8983, 9200, 9300],
  orchestration: [2181, 2375, 2376, 2379, 2380, 4646, 6443, 8200, 8500, 10250, 10255, 10256],
  remoteAccess: [1080, 2222, 3128, 3389, 4369, 5900, 5901, 5985, 5986],
}
const servicePorts: ReadonlySet<number> = new Set(Object.values(services).flat())

/** Says whether a webhook may name a port: those of the web, and free ones that no known service uses. */
export function isAllowedPort(policy: NetworkPolicy, port: number): boolean {
  if (policy.allowedPorts !== undefined) return policy.allowedPorts.has(port)
  if (port === 443) return true
  if (port === 80) return policy.allowHttp
  return port >= 1024 && !servicePorts.has(port)
}
