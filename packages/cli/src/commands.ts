import type { Command } from './command.ts'
import { inspectDelivery } from './commands/deliveries-inspect.ts'
import { listDeliveries } from './commands/deliveries-list.ts'
import { replayDelivery } from './commands/deliveries-replay.ts'
import { tailDeliveries } from './commands/deliveries-tail.ts'
import { doctor } from './commands/doctor.ts'
import { sendEvent } from './commands/events-send.ts'
import { createKey } from './commands/keys-create.ts'
import { listKeys } from './commands/keys-list.ts'
import { revokeKey } from './commands/keys-revoke.ts'
import { init } from './commands/init.ts'
import { listen } from './commands/listen.ts'
import { maintenance } from './commands/maintenance.ts'
import { migrate } from './commands/migrate.ts'
import { openapi } from './commands/openapi.ts'
import { studio } from './commands/studio.ts'
import { verify } from './commands/verify.ts'
import { listWebhooks } from './commands/webhooks-list.ts'
import { testWebhook } from './commands/webhooks-test.ts'
import { worker } from './commands/worker.ts'

/** All commands, by one or two words. */
export const commands: Readonly<Record<string, Command>> = {
  init,
  worker,
  migrate,
  doctor,
  'keys create': createKey,
  'keys list': listKeys,
  'keys revoke': revokeKey,
  'webhooks list': listWebhooks,
  'webhooks test': testWebhook,
  'events send': sendEvent,
  'deliveries list': listDeliveries,
  'deliveries inspect': inspectDelivery,
  'deliveries replay': replayDelivery,
  'deliveries tail': tailDeliveries,
  maintenance,
  listen,
  verify,
  openapi,
  studio,
}
