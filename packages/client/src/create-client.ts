import { createMethods } from './methods.ts'
import { createRequest, createSend, type LeadhooksClientOptions } from './send.ts'

export type LeadhooksClient = ReturnType<typeof createLeadhooksClient>

/**
 * A client of the management API: in a browser with the session of the signed-in user, elsewhere with an API key. Every method rejects with
 * an `ApiError`, takes `{ signal, idempotencyKey, headers }` last, and answers dates as text (RFC 3339).
 *
 * ```ts
 * const client = createLeadhooksClient({ baseUrl: '/api/v1' })
 * const { secret } = await client.webhooks.create({ url: 'https://example.com/hooks' })
 * ```
 */
export function createLeadhooksClient(options: LeadhooksClientOptions) {
  const { bare, withBody, withQuery, list } = createMethods(createSend(createRequest(options)))

  return {
    /** Name and version of the API, and links. */
    about: bare('GET', '/'),
    /** The OpenAPI description of the API. */
    openapi: bare('GET', '/openapi.json'),

    /** Whether the API can do its work: rejects with `not_ready` where it cannot. */
    health: {
      status: bare('GET', '/health'),
      live: bare('GET', '/health/live'),
      ready: bare('GET', '/health/ready'),
      /** The workers of all processes. For staff. */
      workers: bare('GET', '/health/workers'),
    },

    apiKeys: {
      /** Makes an API key. The answer is the one place that shows its token. */
      create: withBody('POST', '/keys'),
      list: list('/keys'),
      get: bare('GET', '/keys/{id}'),
      update: withBody('PATCH', '/keys/{id}'),
      /** Gives it another token, and shows it once. The former one works for `graceSeconds` longer: a day, unless told. */
      rotate: withBody('POST', '/keys/{id}/rotate'),
      /** Ends it for good. */
      revoke: withQuery('DELETE', '/keys/{id}'),
      /** Ends all keys with a tag, of an owner, or both. */
      revokeMany: withBody('POST', '/keys/revoke'),
      /** How often it was used, by minute, hour or day, by outcome and route. */
      usage: withQuery('GET', '/keys/{id}/usage'),
    },

    webhooks: {
      /** Registers a URL. The answer shows its signing secret. */
      create: withBody('POST', '/webhooks'),
      list: list('/webhooks'),
      get: bare('GET', '/webhooks/{id}'),
      /** Changes the settings that are named. */
      update: withBody('PATCH', '/webhooks/{id}'),
      /** Replaces all settings: what is left out gets its default. The secret stays. */
      replace: withBody('PUT', '/webhooks/{id}'),
      /** Removes it, and cancels its unfinished deliveries. */
      delete: bare('DELETE', '/webhooks/{id}'),
      /** Lets its deliveries go. `resume` says what becomes of those that have waited. */
      enable: withBody('POST', '/webhooks/{id}/enable'),
      /** Makes its deliveries wait. */
      disable: bare('POST', '/webhooks/{id}/disable'),
      /** Sends it the events since a time that it has missed. */
      recover: withBody('POST', '/webhooks/{id}/recover'),
      health: bare('GET', '/webhooks/{id}/health'),
      /** The keys that verify its `v1a` signatures, as a JSON Web Key Set. */
      publicKeys: bare('GET', '/webhooks/{id}/jwks.json'),
      /** Sends it a signed example at once, and tells all about it. It is no delivery, and counts nowhere. */
      test: withBody('POST', '/webhooks/{id}/test'),
      /** Asks its URL to prove that it wants deliveries. */
      verify: bare('POST', '/webhooks/{id}/verify'),
      /** Gives it another signing secret, and shows it. */
      rotateSecret: withBody('POST', '/webhooks/{id}/rotate-secret'),
      /** Shows its signing secret once more. The audit log keeps who asked. */
      revealSecret: bare('POST', '/webhooks/{id}/reveal-secret'),
    },

    events: {
      dispatch: withBody('POST', '/events'),
      /** All of them or none. */
      dispatchMany: withBody('POST', '/events/batch'),
      list: list('/events'),
      get: bare('GET', '/events/{id}'),
      /** Removes its data for good. What came of its deliveries stays. */
      redact: bare('POST', '/events/{id}/redact'),
      /** The event types, with JSON Schema and example. */
      types: list('/event-types'),
      /** Adds an event type beside those in the code of the host. */
      registerType: withBody('POST', '/event-types'),
      /** Changes what is named of a registered event type, by its name. */
      updateType: withBody('PATCH', '/event-types/{id}'),
      /** Removes a registered event type, by its name. */
      deleteType: bare('DELETE', '/event-types/{id}'),
    },

    deliveries: {
      list: list('/deliveries'),
      /** With every request that was made for it. */
      get: bare('GET', '/deliveries/{id}'),
      /** What it sends, byte for byte. */
      body: bare('GET', '/deliveries/{id}/body'),
      /** Makes a waiting one due now. */
      retry: bare('POST', '/deliveries/{id}/retry'),
      /** Makes a new delivery of the same event to the same webhook. */
      replay: bare('POST', '/deliveries/{id}/replay'),
      /** Replays all that match, in the background. With `dryRun` it only counts them. */
      replayMany: withBody('POST', '/deliveries/replay'),
      cancel: bare('POST', '/deliveries/{id}/cancel'),
      /** Closes a dead letter that was dealt with by hand. */
      resolve: bare('POST', '/deliveries/{id}/resolve'),
    },

    /** The replays of many deliveries, and how far they have come. */
    bulkReplays: {
      list: list('/bulk-replays'),
      get: bare('GET', '/bulk-replays/{id}'),
      pause: bare('POST', '/bulk-replays/{id}/pause'),
      resume: bare('POST', '/bulk-replays/{id}/resume'),
      cancel: bare('POST', '/bulk-replays/{id}/cancel'),
    },

    /** What came of deliveries, and of those of the period before. */
    analytics: {
      /** All together, and the webhooks by how they fare. */
      summary: withQuery('GET', '/analytics'),
      /** By minute, hour or day. */
      timeSeries: withQuery('GET', '/analytics/time-series'),
      /** By webhook, with its status and the evidence for that. */
      byWebhook: list('/analytics/webhooks'),
      byEventType: withQuery('GET', '/analytics/event-types'),
      /** Why attempts failed, and deliveries were given up. */
      errors: withQuery('GET', '/analytics/errors'),
    },

    /** The one of the caller. */
    organization: {
      get: bare('GET', '/organization'),
      update: withBody('PATCH', '/organization'),
    },

    /** For staff, whom the host lets act for all organizations. */
    organizations: {
      /** Registers an organization, or changes it. */
      upsert: withBody('POST', '/organizations'),
      list: list('/organizations'),
      /** Removes all that there is of one, in the background. */
      delete: bare('DELETE', '/organizations/{id}'),
    },

    auditLog: {
      /** Who changed what, or looked at a secret. */
      list: list('/audit-log'),
    },
  }
}
