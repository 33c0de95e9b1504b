import { describeApi, showApi } from './about.ts'
import { hasApiReference } from './api-reference/serve-api-reference.ts'
import { showAnalytics, showByEventType, showByWebhook, showErrors, showTimeSeries } from './analytics.ts'
import {
  createKey,
  getKey,
  listKeys,
  revokeKey,
  revokeKeys,
  rotateKey,
  showKeyUsage,
  updateKey,
} from './api-keys.ts'
import { listAuditLog } from './audit-log.ts'
import {
  cancelReplay,
  getReplay,
  listReplays,
  pauseReplay,
  recoverWebhook,
  replayDeliveries,
  resumeReplay,
} from './bulk-replays.ts'
import {
  cancelDelivery,
  getDelivery,
  getDeliveryBody,
  listDeliveries,
  replayDelivery,
  resolveDelivery,
  retryDelivery,
} from './deliveries.ts'
import { streamDeliveries } from './delivery-stream.ts'
import {
  deleteEventType,
  dispatchEvent,
  dispatchEvents,
  getEvent,
  listEvents,
  listEventTypes,
  redactEvent,
  registerEventType,
  updateEventType,
} from './events.ts'
import { listWorkers, showLiveness, showReadiness, showStatus } from './health.ts'
import { compilePaths, type PathMatch } from './match-path.ts'
import {
  deleteOrganization,
  listOrganizations,
  showOrganization,
  updateOrganization,
  upsertOrganization,
} from './organizations.ts'
import type { Method, Operation, Route } from './route.ts'
import {
  createWebhook,
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  listWebhooks,
  replaceWebhook,
  revealSecret,
  rotateSecret,
  showHealth,
  showPublicKeys,
  testWebhook,
  verifyWebhook,
  updateWebhook,
} from './webhooks.ts'

type Row = [method: Method, path: string, permission: string | null, summary: string, operation: Operation]

const table: readonly Row[] = [
  ['GET', '/', null, 'Name, version and links', showApi],
  ['GET', '/openapi.json', null, 'This description', describeApi(() => routes)],
  ['GET', '/health', null, 'Whether it can do its work', showStatus],
  ['GET', '/health/live', null, 'Whether the process runs', showLiveness],
  ['GET', '/health/ready', null, 'Whether it can do its work', showReadiness],
  ['GET', '/health/workers', 'read:workers', 'List the workers of all processes (staff)', listWorkers],

  ['POST', '/keys', 'write:api-keys', 'Make an API key', createKey],
  ['GET', '/keys', 'read:api-keys', 'List API keys', listKeys],
  ['GET', '/keys/{id}', 'read:api-keys', 'Read an API key', getKey],
  ['PATCH', '/keys/{id}', 'write:api-keys', 'Change an API key', updateKey],
  ['DELETE', '/keys/{id}', 'delete:api-keys', 'Revoke an API key', revokeKey],
  ['POST', '/keys/revoke', 'delete:api-keys', 'Revoke all API keys of a tag or an owner', revokeKeys],
  ['POST', '/keys/{id}/rotate', 'write:api-keys', 'Give an API key another token', rotateKey],
  ['GET', '/keys/{id}/usage', 'read:api-keys', 'How often an API key was used', showKeyUsage],

  ['POST', '/webhooks', 'write:webhooks', 'Register a webhook', createWebhook],
  ['GET', '/webhooks', 'read:webhooks', 'List webhooks', listWebhooks],
  ['GET', '/webhooks/{id}', 'read:webhooks', 'Read a webhook', getWebhook],
  ['PATCH', '/webhooks/{id}', 'write:webhooks', 'Change the named settings', updateWebhook],
  ['PUT', '/webhooks/{id}', 'write:webhooks', 'Replace all settings', replaceWebhook],
  ['DELETE', '/webhooks/{id}', 'delete:webhooks', 'Remove a webhook', deleteWebhook],
  ['POST', '/webhooks/{id}/enable', 'write:webhooks', 'Let its deliveries go', enableWebhook],
  ['POST', '/webhooks/{id}/disable', 'write:webhooks', 'Make its deliveries wait', disableWebhook],
  ['POST', '/webhooks/{id}/recover', 'write:deliveries', 'Send it what it has missed', recoverWebhook],
  ['GET', '/webhooks/{id}/health', 'read:webhooks', 'How it fares', showHealth],
  ['GET', '/webhooks/{id}/jwks.json', null, 'The public keys that verify its requests', showPublicKeys],
  ['POST', '/webhooks/{id}/test', 'write:webhooks', 'Send it an example', testWebhook],
  ['POST', '/webhooks/{id}/verify', 'write:webhooks', 'Ask its URL to prove itself', verifyWebhook],
  ['POST', '/webhooks/{id}/rotate-secret', 'write:webhooks', 'Give it another signing secret', rotateSecret],
  ['POST', '/webhooks/{id}/reveal-secret', 'read:secrets', 'Show its signing secret once more', revealSecret],

  ['POST', '/events', 'write:events', 'Dispatch an event', dispatchEvent],
  ['POST', '/events/batch', 'write:events', 'Dispatch many events, all or none', dispatchEvents],
  ['GET', '/events', 'read:events', 'List events', listEvents],
  ['GET', '/events/{id}', 'read:events', 'Read an event', getEvent],
  ['POST', '/events/{id}/redact', 'delete:events', 'Remove its data for good', redactEvent],
  ['GET', '/event-types', 'read:events', 'List the event types', listEventTypes],
  ['POST', '/event-types', 'write:event-types', 'Register an event type', registerEventType],
  ['PATCH', '/event-types/{id}', 'write:event-types', 'Change a registered event type', updateEventType],
  ['DELETE', '/event-types/{id}', 'delete:event-types', 'Remove a registered event type', deleteEventType],

  ['GET', '/deliveries', 'read:deliveries', 'List deliveries', listDeliveries],
  ['POST', '/deliveries/replay', 'write:deliveries', 'Replay all that match', replayDeliveries],
  ['GET', '/deliveries/stream', 'read:deliveries', 'Follow what becomes of them', streamDeliveries],
  ['GET', '/deliveries/{id}', 'read:deliveries', 'Read a delivery and its attempts', getDelivery],
  ['GET', '/deliveries/{id}/body', 'read:events', 'Read what it sends', getDeliveryBody],
  ['POST', '/deliveries/{id}/retry', 'write:deliveries', 'Make it due now', retryDelivery],
  ['POST', '/deliveries/{id}/replay', 'write:deliveries', 'Deliver it once more', replayDelivery],
  ['POST', '/deliveries/{id}/cancel', 'write:deliveries', 'Cancel it', cancelDelivery],
  ['POST', '/deliveries/{id}/resolve', 'write:deliveries', 'Close a dead letter', resolveDelivery],

  ['GET', '/bulk-replays', 'read:deliveries', 'List replays of many, and recoveries', listReplays],
  ['GET', '/bulk-replays/{id}', 'read:deliveries', 'How far one has come', getReplay],
  ['POST', '/bulk-replays/{id}/pause', 'write:deliveries', 'Stop it for now', pauseReplay],
  ['POST', '/bulk-replays/{id}/resume', 'write:deliveries', 'Go on with it', resumeReplay],
  ['POST', '/bulk-replays/{id}/cancel', 'write:deliveries', 'End it', cancelReplay],

  ['GET', '/analytics', 'read:analytics', 'What came of deliveries in a period', showAnalytics],
  ['GET', '/analytics/time-series', 'read:analytics', 'By minute, hour or day', showTimeSeries],
  ['GET', '/analytics/webhooks', 'read:analytics', 'By webhook, with its status', showByWebhook],
  ['GET', '/analytics/event-types', 'read:analytics', 'By event type', showByEventType],
  ['GET', '/analytics/errors', 'read:analytics', 'Why attempts failed', showErrors],

  ['GET', '/organization', 'read:organization', 'Read the organization of the caller', showOrganization],
  ['PATCH', '/organization', 'write:organization', 'Rename it', updateOrganization],
  ['POST', '/organizations', 'write:organization', 'Register an organization (staff)', upsertOrganization],
  ['GET', '/organizations', 'read:organization', 'List the organizations (staff)', listOrganizations],
  ['DELETE', '/organizations/{id}', 'delete:organization', 'Remove all of one (staff)', deleteOrganization],

  ['GET', '/audit-log', 'read:audit-log', 'List who changed what', listAuditLog],
]

/** The whole management API. A new route is a row above and an operation in the file of its resource. */
export const routes: readonly Route[] = table.map(toRoute)

function toRoute([method, path, permission, summary, operation]: Row): Route {
  return { ...operation, method, path, permission, summary }
}

/** Finds what answers a path, relative to the mount; null for paths that are not ours. */
export const matchPath: (path: string) => PathMatch | null = compilePaths(routes)

/** Whether a path, relative to the mount, belongs to the management API, whatever the method. */
export function hasRoute(path: string): boolean {
  return matchPath(path) !== null || hasApiReference(path)
}
