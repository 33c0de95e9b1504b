import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { chooseDeliveries, leaseDeliveries } from '../storage/memory-claims.ts'
import { type DeliveryRow, emptyState, eventKey, type MemoryState } from '../storage/memory-state.ts'
import { appendAudit } from '../storage/memory-audit.ts'
import { addRollup } from '../rollups/roll-up.ts'
import { endFact, factOf } from '../rollups/settled-facts.ts'
import { countSettled } from '../storage/memory-rollups.ts'
import { requestKey } from '../storage/memory-requests.ts'
import { memoryStorage, storageOver } from '../storage/memory-storage.ts'
import type {
  Claim,
  ClaimedDelivery,
  ClaimRequest,
  NewEvent,
  Page,
  Scoped,
  Storage,
} from '../storage/storage.ts'
import { storageConformance } from './storage.ts'

/** Replaces some methods of the right storage by wrong ones. */
type Break = (right: Storage, state: MemoryState) => Partial<Storage>

const timeOf = ({ now = new Date() }: { now?: Date | undefined }): Date => now

/** Claims rows that `choose` picks from all that are due, in place of the fair choice. */
function claimBy(
  state: MemoryState,
  choose: (due: DeliveryRow[], request: ClaimRequest) => DeliveryRow[],
): (request: ClaimRequest) => Promise<ClaimedDelivery[]> {
  return async (request) => {
    const now = timeOf(request)
    const due = chooseDeliveries(state, { ...request, limit: Number.POSITIVE_INFINITY }, now)
    return leaseDeliveries(state, choose(due, request).slice(0, request.limit), request.leaseMs, now)
  }
}

/** The claim as if its token were the one that counts. */
function withCurrentLease<C extends Claim>(state: MemoryState, claim: C): C {
  return { ...claim, lease: state.deliveries.get(claim.id)?.lease?.token ?? claim.lease }
}

/** The id with the organization whose row it is, whoever asks. */
function withOwner<Ids extends Scoped>(rows: Map<string, Scoped>, ids: Ids): Ids {
  return { ...ids, organizationId: rows.get(ids.id)?.organizationId ?? ids.organizationId }
}

/** How many rows of the same webhook stand before each. */
function ranks(rows: DeliveryRow[]): Map<DeliveryRow, number> {
  const seen = new Map<string, number>()
  return new Map(
    rows.map((row) => {
      const rank = seen.get(row.webhookId) ?? 0
      seen.set(row.webhookId, rank + 1)
      return [row, rank]
    }),
  )
}

const dueAt = ({ nextAttemptAt }: DeliveryRow): number => nextAttemptAt?.getTime() ?? 0
const allRows = Number.MAX_SAFE_INTEGER

const wrongStorages: Record<string, { breaks: Break; noticedBy: string[] }> = {
  'always has something left to migrate': {
    breaks: () => ({
      async pendingMigrations() {
        return [{ version: 1, name: 'again', mode: 'transactional', locks: 'Nothing.', statements: [] }]
      },
    }),
    noticedBy: ['nothing is left to migrate after a migration'],
  },

  'finds itself broken': {
    breaks: () => ({
      async diagnose() {
        return [{ check: 'tables', status: 'problem', message: 'Not migrated' }]
      },
    }),
    noticedBy: ['a migrated storage finds no problem with itself'],
  },

  'claims by read-then-write': {
    breaks: (_right, state) => ({
      async claimDeliveries(request) {
        const now = timeOf(request)
        const rows = chooseDeliveries(state, request, now)
        await setImmediate()
        return leaseDeliveries(state, rows, request.leaseMs, now)
      },
    }),
    noticedBy: [
      'a delivery is claimed once while its lease lives, by ten callers at once too',
      'of ten callers who claim lapsed leases at once, one takes each over',
      'of renewing and taking over a lapsed lease at once, one happens',
      'of settling and taking over a lapsed lease at once, one happens',
    ],
  },

  'claims for all webhooks where one is named': {
    breaks: (right) => ({
      claimDeliveries: async ({ only: _only, ...request }) => right.claimDeliveries(request),
    }),
    noticedBy: [
      'a claim for one webhook brings its earliest deliveries, as many as its limit says and none of others',
      'a claim for one webhook takes over no lease that has lapsed',
      'a claim for one webhook brings nothing while that waits or is switched off, or another organization asks',
    ],
  },

  'takes over lapsed leases for one webhook': {
    breaks: (right, state) => {
      const claimAll = claimBy(state, (due, { only }) => due.filter((row) => row.webhookId === only?.id))
      return {
        claimDeliveries: async (request) =>
          request.only === undefined ? right.claimDeliveries(request) : claimAll(request),
      }
    },
    noticedBy: [
      'a claim for one webhook brings its earliest deliveries, as many as its limit says and none of others',
      'a claim for one webhook takes over no lease that has lapsed',
    ],
  },

  'claims for one webhook though that waits': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        const webhook = state.webhooks.get(request.only?.id ?? '')
        if (webhook === undefined || !webhook.enabled) return right.claimDeliveries(request)
        const { waitsUntil } = webhook
        webhook.waitsUntil = null
        const claimed = await right.claimDeliveries(request)
        webhook.waitsUntil = waitsUntil
        return claimed
      },
    }),
    noticedBy: [
      'a claim for one webhook brings nothing while that waits or is switched off, or another organization asks',
    ],
  },

  'settles without the token': {
    breaks: (right, state) => ({
      settleDeliveries: async (settlements, options) =>
        right.settleDeliveries(
          settlements.map((settlement) => withCurrentLease(state, settlement)),
          options,
        ),
    }),
    noticedBy: [
      'a lapsed lease that was taken over cannot settle, and changes nothing',
      'a settlement with a token that was never given changes nothing',
      'a settlement that comes too late leaves its attempt in the place of the lost one',
    ],
  },

  'settles by look-then-write': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const held = settlements.filter(({ id, lease }) => state.deliveries.get(id)?.lease?.token === lease)
        await setImmediate()
        for (const { id, lease } of held) {
          const row = state.deliveries.get(id)
          if (row) row.lease = { token: lease, claimedAt: new Date(), until: new Date() }
        }
        return right.settleDeliveries(settlements, options)
      },
    }),
    noticedBy: [
      'of ten callers who settle a delivery with the same lease at once, one is written',
      'of cancelling and settling a delivery at once, one happens',
      'of settling and taking over a lapsed lease at once, one happens',
    ],
  },

  'writes the attempt of a late settlement nowhere': {
    breaks: (right, state) => ({
      settleDeliveries: async (settlements, options) =>
        right.settleDeliveries(
          settlements.map((settlement) => {
            const isHeld = state.deliveries.get(settlement.id)?.lease?.token === settlement.lease
            return isHeld ? settlement : { ...settlement, attempt: null }
          }),
          options,
        ),
    }),
    noticedBy: [
      'a settlement that comes too late leaves its attempt in the place of the lost one',
      'a settlement after its delivery was cancelled leaves its attempt, which counts, and nothing else',
    ],
  },

  'forgets the organization': {
    breaks: (right, { apiKeys, webhooks, events, deliveries }) => ({
      findApiKey: async (ids) => right.findApiKey(withOwner(apiKeys, ids)),
      updateApiKey: async (ids, changes) => right.updateApiKey(withOwner(apiKeys, ids), changes),
      revokeApiKey: async (ids, revocation) => right.revokeApiKey(withOwner(apiKeys, ids), revocation),
      rotateApiKey: async (ids, rotation) => right.rotateApiKey(withOwner(apiKeys, ids), rotation),
      findWebhook: async (ids) => right.findWebhook(withOwner(webhooks, ids)),
      redactEvent: async ({ id, now }) => {
        const owner = [...events.values()].find((event) => event.id === id)
        return owner === undefined ? null : right.redactEvent({ ...owner, now })
      },
      updateWebhook: async (ids, changes) => right.updateWebhook(withOwner(webhooks, ids), changes),
      deleteWebhook: async (ids) => right.deleteWebhook(withOwner(webhooks, ids)),
      drawFromThrottles: async (draws, options) =>
        right.drawFromThrottles(
          draws.map((draw) => withOwner(webhooks, draw)),
          options,
        ),
      findDelivery: async (ids) => right.findDelivery(withOwner(deliveries, ids)),
      listAttempts: async (ids) => right.listAttempts(withOwner(deliveries, ids)),
      findBody: async (ids) => right.findBody(withOwner(deliveries, ids)),
      retryDelivery: async (ids) => right.retryDelivery(withOwner(deliveries, ids)),
      replayDelivery: async (ids) => right.replayDelivery(withOwner(deliveries, ids)),
      cancelDelivery: async (ids) => right.cancelDelivery(withOwner(deliveries, ids)),
      resolveDelivery: async (ids) => right.resolveDelivery(withOwner(deliveries, ids)),
    }),
    noticedBy: [
      'findApiKey',
      'updateApiKey',
      'revokeApiKey',
      'rotateApiKey',
      'findWebhook',
      'updateWebhook',
      'deleteWebhook',
      'drawFromThrottles',
      'redactEvent',
      'findDelivery',
      'listAttempts',
      'findBody',
      'retryDelivery',
      'replayDelivery',
      'cancelDelivery',
      'resolveDelivery',
    ].map((method) => `${method} answers another organization as if there were nothing, and changes nothing`),
  },

  'lists every organization’s events': {
    breaks: (right, state) => ({
      async listEvents(query) {
        const organizations = new Set([...state.events.values()].map(({ organizationId }) => organizationId))
        const pages = [...organizations].map(async (organizationId) =>
          right.listEvents({ ...query, organizationId }),
        )
        return (await Promise.all(pages)).flat()
      },
    }),
    noticedBy: ['listEvents answers another organization as if there were nothing, and changes nothing'],
  },

  'takes event ids for unique everywhere': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const known = events.map(({ id }) => [...state.events.values()].find((event) => event.id === id))
        const inserted = await right.insertEvents(events, options)
        return inserted.map((answer, index) => {
          const first = known[index]
          return first ? { event: first, deliveries: 0, duplicate: true } : answer
        })
      },
    }),
    noticedBy: ['an event id belongs to its organization: another one may use it too'],
  },

  'dispatches a duplicate id twice': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        for (const event of events) state.events.delete(eventKey(event))
        return right.insertEvents(events, options)
      },
    }),
    noticedBy: [
      'an event id seen before answers the first event and makes no delivery',
      'of twenty callers who dispatch the same event at once, one writes it and all get it',
    ],
  },

  'inserts look-then-write': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const fresh = events.filter((event) => !state.events.has(eventKey(event)))
        await setImmediate()
        for (const event of fresh) state.events.delete(eventKey(event))
        return right.insertEvents(events, options)
      },
    }),
    noticedBy: [
      'of twenty callers who dispatch the same event at once, one writes it and all get it',
      'callers who dispatch the same events at once in different orders all get them',
    ],
  },

  'looks for duplicates only among what is stored': {
    breaks: (right) => ({
      async insertEvents(events, options) {
        const answers = await right.insertEvents(events, options)
        const own = new Map(events.map((event) => [event.id, event]))
        return answers.map((answer, index) =>
          answers.findIndex(({ event }) => event.id === answer.event.id) < index
            ? { event: own.get(answer.event.id) ?? answer.event, deliveries: 1, duplicate: false }
            : answer,
        )
      },
    }),
    noticedBy: ['an event id that comes twice in one call is a duplicate the second time'],
  },

  'writes events one by one': {
    breaks: (right) => ({
      async insertEvents(events: readonly NewEvent[], options) {
        const inserted = []
        for (const event of events) inserted.push(...(await right.insertEvents([event], options)))
        return inserted
      },
    }),
    noticedBy: ['of several events all or none are written'],
  },

  'finds the webhooks of an event, then writes its deliveries': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const found = [...state.webhooks]
        await setImmediate()
        const deleted = found.filter(([id]) => !state.webhooks.has(id))
        for (const [id, webhook] of deleted) state.webhooks.set(id, webhook)
        const inserting = right.insertEvents(events, options)
        for (const [id] of deleted) state.webhooks.delete(id)
        return inserting
      },
    }),
    noticedBy: ['an event that is dispatched while its webhook is deleted leaves nothing unfinished behind'],
  },

  'finds the webhook of a replay, then writes its delivery': {
    breaks: (right, state) => ({
      async replayDelivery(ids) {
        const webhook = state.webhooks.get(state.deliveries.get(ids.id)?.webhookId ?? '')
        await setImmediate()
        if (webhook === undefined || state.webhooks.has(webhook.id)) return right.replayDelivery(ids)
        state.webhooks.set(webhook.id, webhook)
        const replaying = right.replayDelivery(ids)
        state.webhooks.delete(webhook.id)
        return replaying
      },
    }),
    noticedBy: ['a delivery that is replayed while its webhook is deleted leaves nothing unfinished behind'],
  },

  'sends every event to every webhook': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const patterns = [...state.webhooks.values()].flatMap(({ eventTypes }) => eventTypes)
        return right.insertEvents(
          events.map((event) => Object.defineProperties(event, { patterns: { value: patterns } })),
          options,
        )
      },
    }),
    noticedBy: ['a webhook matches by event type, by `contact.*`, or by having no event types'],
  },

  'sends every event to webhooks with channels': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const channels = [...state.webhooks.values()].flatMap((webhook) => webhook.channels)
        const inserted = await right.insertEvents(
          events.map((event) => ({ ...event, channels: channels.length === 0 ? null : channels })),
          options,
        )
        for (const [index, { event, duplicate }] of inserted.entries()) {
          const stored = state.events.get(eventKey(event))
          const given = events[index]?.channels ?? null
          if (!duplicate && stored)
            Object.assign(event, { channels: given }, Object.assign(stored, { channels: given }))
        }
        return inserted
      },
    }),
    noticedBy: ['a webhook with channels gets the events that carry one of them, and one without gets all'],
  },

  'forgets what channels an event carries': {
    breaks: (right) => ({
      async findEvent(event) {
        const found = await right.findEvent(event)
        return found && { ...found, channels: null }
      },
    }),
    noticedBy: ['a webhook with channels gets the events that carry one of them, and one without gets all'],
  },

  'keeps the span of a dispatch with its answer only': {
    breaks: (right) => ({
      async findEvent(event) {
        const found = await right.findEvent(event)
        return found && { ...found, traceparent: null }
      },
    }),
    noticedBy: [
      'where the span of a dispatch is found is kept with its event',
      'of several events at once each keeps its own span, or none',
    ],
  },

  'has all events of a call in the span of the first': {
    breaks: (right) => ({
      insertEvents: async (events, options) =>
        right.insertEvents(
          events.map((event) => ({ ...event, traceparent: events[0]?.traceparent ?? null })),
          options,
        ),
    }),
    noticedBy: ['of several events at once each keeps its own span, or none'],
  },

  'forgets the span of a dispatch once an attempt was made': {
    breaks: (right) => ({
      async claimDeliveries(request) {
        const claimed = await right.claimDeliveries(request)
        for (const { attempt, event } of claimed) if (attempt > 1) event.traceparent = null
        return claimed
      },
    }),
    noticedBy: ['every claim brings the span of the dispatch: of a retry, a lapsed lease and a replay too'],
  },

  'recovers events of every channel': {
    breaks: (right, state) => ({
      async advanceBulkReplay(step) {
        for (const webhook of state.webhooks.values()) webhook.channels = []
        return right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['a recovery brings a webhook with channels what carries one of them'],
  },

  'keeps bodies as JSON values': {
    breaks: (right) => ({
      insertEvents: async (events, options) =>
        right.insertEvents(
          events.map((event) => ({ ...event, body: JSON.stringify(JSON.parse(event.body)) })),
          options,
        ),
    }),
    noticedBy: ['a body is kept byte for byte: its white space, key order, repeated keys and long numbers'],
  },

  'keeps dates to the second': {
    breaks: (right) => ({
      async insertApiKey(apiKey, hash) {
        const seconds = Math.floor(apiKey.createdAt.getTime() / 1000)
        return right.insertApiKey({ ...apiKey, createdAt: new Date(seconds * 1000) }, hash)
      },
    }),
    noticedBy: ['an API key is found by its id and by its hash, exactly as it was stored'],
  },

  'ignores the concurrency of a webhook': {
    breaks: (right) => ({
      claimDeliveries: async (request) => {
        const room = new Map([...request.room].filter(([, count]) => count === 0))
        return right.claimDeliveries({ ...request, room, defaultConcurrency: allRows })
      },
    }),
    noticedBy: [
      'a webhook is given its own concurrency, or the default where it has none',
      'a webhook that `room` names is given that many, be it none, less or more than its own',
    ],
  },

  'forgets the room of a webhook that is full': {
    breaks: (right) => ({
      claimDeliveries: async (request) => right.claimDeliveries({ ...request, room: new Map() }),
    }),
    noticedBy: [
      'a webhook that `room` names is given that many, be it none, less or more than its own',
      '`room` holds for lapsed leases, too',
    ],
  },

  'ignores the room of an organization': {
    breaks: (right) => ({
      claimDeliveries: async (request) =>
        right.claimDeliveries({ ...request, organizationRoom: undefined, mostPerOrganization: undefined }),
    }),
    noticedBy: [
      'an organization that `organizationRoom` names is given that many, and any other `mostPerOrganization`',
      'of the room of a webhook and that of its organization the smaller one holds',
      'the room of an organization holds for lapsed leases, too: the others stay as they are',
      'each of six claims at once keeps to the room of an organization',
    ],
  },

  'takes over the lapsed leases of an organization without room': {
    breaks: (_right, state) => ({
      async claimDeliveries(request) {
        const now = timeOf(request)
        const unbounded = { ...request, organizationRoom: undefined, mostPerOrganization: undefined }
        const lapsed = chooseDeliveries(state, unbounded, now).filter(({ lease }) => lease !== null)
        const waiting = chooseDeliveries(state, request, now).filter(({ lease }) => lease === null)
        return leaseDeliveries(state, [...lapsed, ...waiting], request.leaseMs, now)
      },
    }),
    noticedBy: [
      'the room of an organization holds for lapsed leases, too: the others stay as they are',
      'an organization without room keeps no other waiting, however much it has',
    ],
  },

  'cuts a claim at its limit, and then by the room of each organization': {
    breaks: (_right, state) => ({
      async claimDeliveries(request) {
        const now = timeOf(request)
        const unbounded = { ...request, organizationRoom: undefined, mostPerOrganization: undefined }
        const first = new Set(chooseDeliveries(state, unbounded, now))
        const rows = chooseDeliveries(state, request, now).filter((row) => first.has(row))
        return leaseDeliveries(state, rows, request.leaseMs, now)
      },
    }),
    noticedBy: ['an organization without room keeps no other waiting, however much it has'],
  },

  'serves the oldest backlog first': {
    breaks: (_right, state) => ({
      claimDeliveries: claimBy(state, (due) => due.sort((a, b) => dueAt(a) - dueAt(b))),
    }),
    noticedBy: [
      'an organization with one delivery is not kept waiting by one with a thousand',
      'a webhook with one delivery is not kept waiting by one with a thousand',
    ],
  },

  'looks for room only among the oldest hundred': {
    breaks: (_right, state) => ({
      async claimDeliveries(request) {
        const unfinished = [...state.unfinished]
        const isFirst = (row: DeliveryRow): boolean => unfinished.indexOf(row) < 100
        return claimBy(state, (due) => due.filter(isFirst))(request)
      },
    }),
    noticedBy: ['a webhook without room keeps no other waiting, however much it has'],
  },

  'gives every webhook a turn, whoever owns it': {
    breaks: (_right, state) => ({
      claimDeliveries: claimBy(state, (due) => {
        const rankOf = ranks(due)
        return due.sort((a, b) => (rankOf.get(a) ?? 0) - (rankOf.get(b) ?? 0))
      }),
    }),
    noticedBy: ['an organization with many webhooks gets no more than one with a single webhook'],
  },

  'begins every claim with the same organization': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        state.turns.clear()
        return right.claimDeliveries(request)
      },
    }),
    noticedBy: [
      'claims of one delivery at a time go round the organizations and webhooks, too',
      'an organization that is given one at a time has its webhooks take turns',
    ],
  },

  'claims the newest delivery of a webhook first': {
    breaks: (_right, state) => ({ claimDeliveries: claimBy(state, (due) => due.reverse()) }),
    noticedBy: ['the deliveries of a webhook are claimed in the order in which they fell due'],
  },

  'claims lapsed leases last': {
    breaks: (_right, state) => ({
      claimDeliveries: claimBy(state, (due) =>
        due.sort((a, b) => Number(a.lease !== null) - Number(b.lease !== null)),
      ),
    }),
    noticedBy: ['lapsed leases are claimed before the backlog, however old that is'],
  },

  'claims for webhooks that wait': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        const waiting = [...state.webhooks.values()].map((webhook) => ({
          webhook,
          until: webhook.waitsUntil,
        }))
        for (const { webhook } of waiting) webhook.waitsUntil = null
        const claimed = await right.claimDeliveries(request)
        for (const { webhook, until } of waiting) webhook.waitsUntil = until
        return claimed
      },
    }),
    noticedBy: [
      'deliveries of a webhook that waits are claimed when its time has come',
      'a lapsed lease of a webhook that waits, waits too',
    ],
  },

  'lets nothing come to webhooks that are switched off': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const off = [...state.webhooks.values()].filter(({ enabled }) => !enabled)
        const reasons = off.map(({ disabledReason }) => disabledReason)
        for (const webhook of off) webhook.disabledReason = 'by_user'
        const inserted = await right.insertEvents(events, options)
        off.forEach((webhook, index) => (webhook.disabledReason = reasons[index] ?? null))
        return inserted
      },
    }),
    noticedBy: ['an event for a webhook that is switched off as failing waits for it'],
  },

  'finds webhooks without public keys too': {
    breaks: (_right, state) => ({
      findPublicKeys: async (id) => state.webhooks.get(id) ?? null,
    }),
    noticedBy: ['the public keys of a webhook are found by its id alone, while it has any'],
  },

  'finds secrets to rotate of any time': {
    breaks: (right) => ({
      findSecretsToRotate: async (options) =>
        right.findSecretsToRotate({ ...options, by: new Date(8_640_000_000_000_000) }),
      findSealedOtherwise: async (options) => right.findSealedOtherwise({ ...options, afterId: '' }),
    }),
    noticedBy: [
      'webhooks whose secrets were to be rotated by then are found, the first due first',
      'webhooks with a credential that is sealed otherwise are found, a page at a time',
    ],
  },

  'claims for disabled webhooks': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        const disabled = [...state.webhooks.values()].filter(({ enabled }) => !enabled)
        for (const webhook of disabled) webhook.enabled = true
        const claiming = right.claimDeliveries(request)
        for (const webhook of disabled) webhook.enabled = false
        return claiming
      },
    }),
    noticedBy: [
      'deliveries of a disabled webhook wait until it is enabled',
      'a lapsed lease of a disabled webhook waits, too',
    ],
  },

  'hands a delivery out that no worker survives, again and again': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        for (const row of state.unfinished) row.lapses = 0
        return right.claimDeliveries(request)
      },
    }),
    noticedBy: ['the fifth lapse in a row ends a delivery: worker_crash'],
  },

  'says of a lost attempt how the one before it ended': {
    breaks: (right, state) => {
      const withoutForgetting = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
        const before = [...state.unfinished].map((row) => ({ row, statusCode: row.statusCode }))
        const answer = await act()
        for (const { row, statusCode } of before) row.statusCode = statusCode
        return answer
      }
      return {
        claimDeliveries: async (request) => withoutForgetting(async () => right.claimDeliveries(request)),
        expireDeliveries: async (options) => withoutForgetting(async () => right.expireDeliveries(options)),
      }
    },
    noticedBy: [
      'of a delivery that was lost to a lapse nobody knows how its last attempt ended',
      'one that expires with a vanished worker has lost its last attempt',
    ],
  },

  'keeps to itself what it gives up and switches off': {
    breaks: (right) => ({
      claimDeliveries: async (request) => right.claimDeliveries({ ...request, onGivenUp: undefined }),
      settleDeliveries: async (settlements, options) =>
        right.settleDeliveries(settlements, { ...options, onDisabled: undefined }),
      async expireDeliveries(options) {
        const expired = await right.expireDeliveries(options)
        for (const one of expired) one.eventType = ''
        return expired
      },
    }),
    noticedBy: [
      'the fifth lapse in a row ends a delivery: worker_crash',
      'a webhook that a settlement switches off has one entry, however many do so',
      'it is told which deliveries expired, waiting, tried or lost with a worker',
    ],
  },

  'hands out everything that lapsed twice at once': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        const lapses = new Map([...state.unfinished].map((row) => [row, row.lapses]))
        for (const row of state.unfinished) if (row.lapses < 4) row.lapses = 0
        const claimed = await right.claimDeliveries(request)
        for (const [row, count] of lapses) row.lapses += Math.min(count, 3)
        return claimed
      },
    }),
    noticedBy: [
      'of what has lapsed twice in a row one is out at a time: the next goes when that has a result, or lapses',
    ],
  },

  'never forgets a lapse': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const lapses = new Map([...state.unfinished].map((row) => [row, row.lapses]))
        const written = await right.settleDeliveries(settlements, options)
        for (const [row, count] of lapses) row.lapses = count
        return written
      },
    }),
    noticedBy: ['lapses before a result no longer count towards the fifth'],
  },

  'takes lapsed leases over without a trace': {
    breaks: (right, state) => ({
      async claimDeliveries(request) {
        const now = timeOf(request)
        for (const row of state.unfinished) if (row.lease !== null && row.lease.until <= now) row.lease = null
        return right.claimDeliveries(request)
      },
    }),
    noticedBy: ['taking over a lapsed lease records a lost attempt and counts it'],
  },

  'counts released claims as attempts': {
    breaks: (right, state) => ({
      async releaseDeliveries(claims, options) {
        await right.releaseDeliveries(claims, options)
        for (const { id } of claims) {
          const row = state.deliveries.get(id)
          if (row) row.attempts++
        }
      },
    }),
    noticedBy: [
      'a released delivery is due again at once, and no attempt is spent',
      'releases cost no attempt, however many there are',
    ],
  },

  'releases a lease that was taken over': {
    breaks: (right, state) => ({
      releaseDeliveries: async (claims, options) =>
        right.releaseDeliveries(
          claims.map((claim) => withCurrentLease(state, claim)),
          options,
        ),
    }),
    noticedBy: ['releasing changes only what the caller still holds'],
  },

  'renews a lease that was taken over': {
    breaks: (right, state) => ({
      renewLeases: async (claims, options) =>
        right.renewLeases(
          claims.map((claim) => withCurrentLease(state, claim)),
          options,
        ),
    }),
    noticedBy: ['a lease that was taken over is not renewed, and the new one stays as it is'],
  },

  'renews by look-then-write': {
    breaks: (right) => ({
      async renewLeases(claims, options) {
        const held = await right.renewLeases(claims, { ...options, leaseMs: -1 })
        await setImmediate()
        await right.renewLeases(claims, options)
        return held
      },
    }),
    noticedBy: ['of renewing and taking over a lapsed lease at once, one happens'],
  },

  'updates by read-modify-write': {
    breaks: (right, state) => ({
      async updateWebhook(ids, changes) {
        const row = await right.findWebhook(ids)
        await setImmediate()
        if (row === null) return null
        const changed = { ...row, ...(typeof changes === 'function' ? changes(row) : changes) }
        state.webhooks.set(row.id, changed)
        return changed
      },
      async updateApiKey(ids, changes) {
        const row = await right.findApiKey(ids)
        await setImmediate()
        if (row === null) return null
        const changed = { ...row, ...changes }
        state.apiKeys.set(row.id, changed)
        return changed
      },
    }),
    noticedBy: [
      'updates of different fields of a webhook at once all stay',
      'of ten functions at once each sees what the one before it made',
      'updates of different fields of an API key at once all stay',
    ],
  },

  'draws from throttles by look-then-write': {
    breaks: (right, { throttles }) => ({
      async drawFromThrottles(draws, options) {
        const before = new Map(throttles)
        await setImmediate()
        const after = new Map(throttles)
        for (const { id } of draws) throttles.set(id, before.get(id) ?? 0)
        const counts = await right.drawFromThrottles(draws, options)
        for (const [id, fullAt] of after) throttles.set(id, Math.max(fullAt, throttles.get(id) ?? 0))
        return counts
      },
    }),
    noticedBy: [
      'of ten who draw from the same throttles at once, all together are let through what those say',
    ],
  },

  'draws from throttles whatever else holds a webhook back': {
    breaks: (right, { webhooks }) => ({
      async drawFromThrottles(draws, options) {
        for (const { id } of draws)
          Object.assign(webhooks.get(id) ?? {}, { enabled: true, circuitState: 'closed', waitsUntil: null })
        return right.drawFromThrottles(draws, options)
      },
    }),
    noticedBy: [
      { waitsUntil: '2026-01-01T00:01:00.000Z', waitsFor: 'paused' },
      { enabled: false, disabledReason: 'by_user', disabledAt: '2026-01-01T00:00:00.000Z' },
      { circuitState: 'open', waitsUntil: '2025-12-31T23:59:59.999Z', waitsFor: 'circuit' },
      { circuitState: 'half_open' },
    ].map(
      (state) =>
        `a throttled webhook lets none through, and stays as it is, where it is ${JSON.stringify(state)}`,
    ),
  },

  'writes waits of throttles down in any case': {
    breaks: (right, { webhooks }) => ({
      async drawFromThrottles(draws, options) {
        const counts = await right.drawFromThrottles(draws, options)
        await setImmediate()
        for (const [index, { id, wanted }] of draws.entries())
          if ((counts[index] ?? 0) < wanted)
            Object.assign(webhooks.get(id) ?? {}, { waitsUntil: timeOf(options), waitsFor: 'throttled' })
        return counts
      },
    }),
    noticedBy: ['a draw and a pause at once: the pause stays'],
  },

  'takes nothing back from those who drew from a throttle': {
    breaks: (right) => ({
      drawFromThrottles: async (draws, options) =>
        right.drawFromThrottles(
          draws.map((draw) => ({ ...draw, wanted: Math.max(0, draw.wanted) })),
          options,
        ),
    }),
    noticedBy: ['what is given back to a throttle may go again, and nothing waits for that'],
  },

  'lets through as many as a throttle says, whenever it is asked': {
    breaks: (right, { throttles }) => ({
      async drawFromThrottles(draws, options) {
        throttles.clear()
        return right.drawFromThrottles(draws, options)
      },
    }),
    noticedBy: [
      'a throttle lets through what it has left, and the webhook waits for the next',
      'a throttle is refilled evenly, and never beyond what may go at once',
      'a throttle that is changed counts as it is from then on',
    ],
  },

  'keeps the windows of organizations to themselves': {
    breaks: (_right, state) => ({
      async upsertOrganization(organization) {
        state.organizations.set(organization.id, organization)
        return organization
      },
      async insertWebhook(webhook) {
        state.webhooks.set(webhook.id, webhook)
      },
    }),
    noticedBy: [
      'all webhooks of an organization have its maintenance windows',
      'other windows of an organization end waits for maintenance, and no others',
      'webhooks that are made while their organization is given windows have them too',
    ],
  },

  'heeds no ordering key': {
    breaks: (right, state) => ({
      async insertEvents(events, options) {
        const webhooks = [...state.webhooks.values()].filter(({ ordered }) => ordered)
        for (const webhook of webhooks) webhook.ordered = false
        const inserted = await right.insertEvents(events, options)
        for (const webhook of webhooks) webhook.ordered = true
        return inserted
      },
    }),
    noticedBy: [
      'deliveries of an ordering key are claimed one after the other, in the order of dispatch',
      'each ordering key, each webhook and what has no key goes by itself',
      'one that failed keeps its turn, and holds up nothing but its own key',
      'one that was given back, or whose lease lapsed, keeps its turn',
      'when one is delivered, the next one of its ordering key goes',
      'workers that race send no two of an ordering key at once, and none out of order',
    ],
  },

  'has all that goes to an ordered webhook wait for each other': {
    breaks: (right) => ({
      insertEvents: async (events, options) =>
        right.insertEvents(
          events.map((event) => Object.assign(event, { orderingKey: 'all' })),
          options,
        ),
    }),
    noticedBy: [
      'each ordering key, each webhook and what has no key goes by itself',
      'a backlog of one ordering key does not lie in the way of others',
    ],
  },

  'lets the next one of a key go while one waits to be tried again': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const written = await right.settleDeliveries(settlements, options)
        for (const { id } of settlements) {
          const settled = state.deliveries.get(id)
          const next = [...state.unfinished].find(
            (row) => row !== settled && row.orderingKey !== null && row.orderingKey === settled?.orderingKey,
          )
          if (next !== undefined) next.nextAttemptAt ??= next.createdAt
        }
        return written
      },
    }),
    noticedBy: [
      'one that failed keeps its turn, and holds up nothing but its own key',
      'workers that race send no two of an ordering key at once, and none out of order',
    ],
  },

  'forgets who is behind one that is not delivered': {
    breaks: (right, state) => {
      const park = (): void => {
        for (const row of state.unfinished)
          if (row.orderingKey !== null && row.status === 'pending' && row.lease === null)
            row.nextAttemptAt = null
      }
      return {
        async settleDeliveries(settlements, options) {
          const written = await right.settleDeliveries(settlements, options)
          if (settlements.some(({ next }) => next.status !== 'delivered')) park()
          return written
        },
        async cancelDelivery(ids) {
          const cancelled = await right.cancelDelivery(ids)
          park()
          return cancelled
        },
        async cancelWaiting(waiting) {
          const cancelled = await right.cancelWaiting(waiting)
          park()
          return cancelled
        },
        async expireDeliveries(options) {
          const expired = await right.expireDeliveries(options)
          park()
          return expired
        },
      }
    },
    noticedBy: [
      'when one is given up, the next one of its ordering key goes',
      'when one is filtered out, the next one of its ordering key goes',
      'when one is cancelled under lease, the next one of its ordering key goes',
      'when one is cancelled while it waits, the next one of its ordering key goes',
      'when one is expired, the next one of its ordering key goes',
      'when one is cancelled with what waits, the next one of its ordering key goes',
      'workers that race send no two of an ordering key at once, and none out of order',
    ],
  },

  'lets the next one of a key go when one behind it ends': {
    breaks: (right, state) => ({
      async cancelDelivery(ids) {
        const cancelled = await right.cancelDelivery(ids)
        for (const row of state.unfinished) row.nextAttemptAt ??= row.createdAt
        return cancelled
      },
    }),
    noticedBy: ['one that ends while it waits for its turn lets nobody go before theirs'],
  },

  'puts replays in the order': {
    breaks: (right, state) => ({
      async replayDelivery(ids) {
        const replayed = await right.replayDelivery(ids)
        const row = state.deliveries.get(replayed?.id ?? '')
        const event = row && state.events.get(eventKey({ ...row, id: row.eventId }))
        if (row && event) Object.assign(row, { orderingKey: event.orderingKey, nextAttemptAt: null })
        return replayed
      },
    }),
    noticedBy: ['a replay is in no order'],
  },

  'sends the last one of a key first': {
    breaks: (right) => ({
      insertEvents: async (events, options) =>
        (await right.insertEvents(events.toReversed(), options)).toReversed(),
    }),
    noticedBy: ['deliveries of an ordering key are claimed one after the other, in the order of dispatch'],
  },

  'makes a delivery due that waits for its turn': {
    breaks: (right, state) => ({
      async retryDelivery({ now = new Date(), ...ids }) {
        const row = state.deliveries.get(ids.id)
        if (row) row.nextAttemptAt ??= now
        return right.retryDelivery({ now, ...ids })
      },
    }),
    noticedBy: ['a delivery that waits for its turn is not due, and no attempt is spent'],
  },

  'looks for the windows of an organization, then writes the webhook': {
    breaks: (right, state) => ({
      async insertWebhook(webhook) {
        const organization = await right.findOrganization(webhook.organizationId)
        await setImmediate()
        const organizationMaintenance = organization?.maintenance ?? []
        state.webhooks.set(webhook.id, { ...webhook, organizationMaintenance })
      },
    }),
    noticedBy: ['webhooks that are made while their organization is given windows have them too'],
  },

  'forgets no wait': {
    breaks: (right, state) => ({
      async upsertOrganization(organization) {
        const waits = structuredClone([...state.webhooks.values()])
        const after = await right.upsertOrganization(organization)
        for (const { id, waitsUntil, waitsFor } of waits)
          Object.assign(state.webhooks.get(id) ?? {}, { waitsUntil, waitsFor })
        return after
      },
    }),
    noticedBy: ['other windows of an organization end waits for maintenance, and no others'],
  },

  'looks for what is there, then writes': {
    breaks: (right, state) => ({
      async upsertOrganization(organization) {
        const known = await right.findOrganization(organization.id)
        await setImmediate()
        const row = { ...organization, createdAt: known?.createdAt ?? organization.createdAt }
        state.organizations.set(row.id, row)
        return row
      },
      async insertApiKey(apiKey, hash) {
        const known = state.apiKeyTokens.get(hash)
        await setImmediate()
        if (known === undefined) state.apiKeyTokens.delete(hash)
        return right.insertApiKey(apiKey, hash)
      },
      async deleteWebhook(ids) {
        const known = await right.findWebhook(ids)
        await setImmediate()
        await right.deleteWebhook(ids)
        return known !== null
      },
      async expireDeliveries(options) {
        const old = await storageOver(structuredClone(state)).expireDeliveries(options)
        await setImmediate()
        await right.expireDeliveries(options)
        return old
      },
    }),
    noticedBy: [
      'of ten callers with the same organization, one creates it and the others rename it',
      'of ten callers who store an API key with the same hash at once, one succeeds',
      'of ten callers who delete a webhook at once, one is told that it did',
      'callers who expire at once count each delivery once',
    ],
  },

  'revokes an API key anew each time': {
    breaks: (right, state) => ({
      async revokeApiKey(ids, revocation) {
        const row = state.apiKeys.get(ids.id)
        if (row) row.revokedAt = null
        return right.revokeApiKey(ids, revocation)
      },
    }),
    noticedBy: [
      'an API key is revoked once: the first time and reason stay',
      'of ten callers who revoke an API key at once, every one gets the time of the first',
    ],
  },

  'rotates by read-then-write': {
    breaks: (right, state) => ({
      async rotateApiKey(ids, rotation) {
        const current = [...state.apiKeyTokens].filter(
          ([, token]) => token.apiKeyId === ids.id && token.endsAt === null,
        )
        await setImmediate()
        const rotated = await right.rotateApiKey(ids, rotation)
        for (const [hash, token] of state.apiKeyTokens) {
          const wasCurrent = current.some(([known]) => known === hash)
          if (token.apiKeyId === ids.id && hash !== rotation.hash && !wasCurrent) token.endsAt = null
        }
        return rotated
      },
    }),
    noticedBy: ['of ten callers who rotate an API key at once, each ends the token before its own'],
  },

  'lets a former token outlive its key': {
    breaks: (right, state) => ({
      async rotateApiKey(ids, rotation) {
        const row = state.apiKeys.get(ids.id)
        const expiresAt = row?.expiresAt ?? null
        if (row) row.expiresAt = null
        const rotated = await right.rotateApiKey(ids, rotation)
        if (row) row.expiresAt = expiresAt
        return rotated && { ...rotated, expiresAt }
      },
    }),
    noticedBy: ['the token before a rotation ends with the grace, and never outlives the key'],
  },

  'counts uses by read-then-write': {
    breaks: (right, state) => ({
      async recordApiKeyUsage(uses, counts) {
        const before = structuredClone(state.apiKeyUsage)
        await setImmediate()
        state.apiKeyUsage.clear()
        for (const [bucket, row] of before) state.apiKeyUsage.set(bucket, row)
        return right.recordApiKeyUsage(uses, counts)
      },
    }),
    noticedBy: ['uses of API keys are counted, and no count is lost when many write at once'],
  },

  'notes whichever use is written last': {
    breaks: (right, state) => ({
      async recordApiKeyUsage(uses, counts) {
        for (const { id } of uses) {
          const row = state.apiKeys.get(id)
          if (row) row.lastUsedAt = null
        }
        return right.recordApiKeyUsage(uses, counts)
      },
    }),
    noticedBy: ['the last use of an API key stays the latest, in whatever order uses are written'],
  },

  'writes the audit log beside the change': {
    breaks: (right, { auditEntries, auditHeads }) => ({
      async updateApiKey(ids, changes, audit) {
        const before = await right.findApiKey(ids)
        const updated = await right.updateApiKey(ids, changes)
        await setImmediate()
        const head = auditHeads.get(ids.organizationId) ?? null
        await setImmediate()
        const entry = audit?.entry({ before, after: updated }, head)
        if (audit === undefined || entry === undefined || entry === null) return updated
        auditEntries.push(entry)
        auditHeads.set(ids.organizationId, audit.head(entry))
        audit.written(audit.head(entry))
        return updated
      },
    }),
    noticedBy: [
      'a change whose entry cannot be made is not made either',
      'a hundred callers who change things at once make one chain',
    ],
  },

  'writes an entry for what has changed nothing': {
    breaks: (right, state) => ({
      async revokeApiKey(ids, revocation, audit) {
        const revoked = await right.revokeApiKey(ids, revocation)
        if (audit) appendAudit(state, ids.organizationId, audit, { before: revoked, after: revoked })
        return revoked
      },
    }),
    noticedBy: ['what changes nothing leaves no entry'],
  },

  'pages by offset': {
    breaks(right) {
      let offset = 0
      return {
        async listEvents({ limit, after, ...query }) {
          if (after === undefined) offset = 0
          const all = await right.listEvents({ ...query, limit: allRows })
          const page = all.slice(offset, offset + limit)
          offset += page.length
          return page
        },
      }
    },
    noticedBy: ['pages of events neither repeat nor skip a row while newer ones come in'],
  },

  'loses rows with equal createdAt': {
    breaks: (right) => ({
      async listDeliveries({ limit, after, ...query }) {
        const all = await right.listDeliveries({ ...query, limit: allRows })
        const isLater = (row: { createdAt: Date }): boolean =>
          after === undefined || row.createdAt < after.createdAt
        return all.filter(isLater).slice(0, limit)
      },
    }),
    noticedBy: [
      'pages of deliveries hold every row once, those of the same time too',
      'a filtered list of deliveries pages completely',
    ],
  },

  'filters after it has cut the page': {
    breaks: (right) => ({
      async listEvents({ type, ...query }) {
        const page = await right.listEvents(query)
        return page.filter((event) => type === undefined || event.type === type)
      },
    }),
    noticedBy: ['events can be listed by their type, page by page'],
  },

  'cancels what is delivered': {
    breaks: (right, state) => ({
      async cancelDelivery(ids) {
        const row = state.deliveries.get(ids.id)
        if (row) state.unfinished.add(row)
        return right.cancelDelivery(ids)
      },
    }),
    noticedBy: [
      'cancelling a delivery that is delivered: null, and nothing changes',
      'of cancelling and settling a delivery at once, one happens',
      'of ten callers who cancel a delivery at once, one does',
    ],
  },

  'makes a delivery due that a worker holds': {
    breaks: (right, state) => ({
      async retryDelivery(ids) {
        const row = state.deliveries.get(ids.id)
        if (row) row.lease = null
        return right.retryDelivery(ids)
      },
    }),
    noticedBy: ['a delivery under lease is not made due: it is answered as it stands'],
  },

  'counts no attempt of a delivery that was cancelled meanwhile': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const before = new Map([...state.deliveries.values()].map(({ id, attempts }) => [id, attempts]))
        const written = await right.settleDeliveries(settlements, options)
        for (const [index, { id }] of settlements.entries()) {
          const row = state.deliveries.get(id)
          if (row !== undefined && written[index] === false) row.attempts = before.get(id) ?? 0
        }
        return written
      },
    }),
    noticedBy: [
      'a settlement after its delivery was cancelled leaves its attempt, which counts, and nothing else',
    ],
  },

  'calls every replay the first one': {
    breaks: (right, state) => ({
      async replayDelivery(ids) {
        const replayed = await right.replayDelivery(ids)
        const row = state.deliveries.get(replayed?.id ?? '')
        return row ? Object.assign(row, { replayDepth: 1 }) : replayed
      },
    }),
    noticedBy: ['a replay of a replay names both it and the first of the chain'],
  },

  'counts what was redacted for missed': {
    breaks: (right, state) => ({
      countMissed: async (query) => {
        const redacted = [...state.events.values()].filter(({ body }) => body === '')
        for (const event of redacted) event.body = '{}'
        const counted = await right.countMissed(query)
        for (const event of redacted) event.body = ''
        return counted
      },
    }),
    noticedBy: ['a redacted event is not replayed, nor recovered'],
  },

  'forgets the first of a chain of replays': {
    breaks: (right, state) => ({
      async replayDelivery(ids) {
        const replayed = await right.replayDelivery(ids)
        const row = state.deliveries.get(replayed?.id ?? '')
        return row ? Object.assign(row, { replayRoot: ids.id }) : replayed
      },
    }),
    noticedBy: ['a replay of a replay names both it and the first of the chain'],
  },

  'resolves what is no dead letter': {
    breaks: (right, state) => ({
      async resolveDelivery(ids) {
        const row = state.deliveries.get(ids.id)
        if (row && row.status !== 'dead_letter') row.resolvedAt = timeOf(ids)
        return row ?? right.resolveDelivery(ids)
      },
    }),
    noticedBy: ['resolving a delivery that is delivered: null, and nothing changes'],
  },

  'keeps deliveries of deleted webhooks': {
    breaks: (right, state) => ({
      async deleteWebhook(ids) {
        if ((await right.findWebhook(ids)) === null) return false
        return state.webhooks.delete(ids.id)
      },
    }),
    noticedBy: [
      'deleting a webhook cancels its deliveries that are pending, retrying or under lease, and no others',
      'a settlement after its webhook was deleted leaves its attempt, and nothing else',
    ],
  },

  'lets deliveries of disabled webhooks grow old': {
    breaks: (right, state) => ({
      async expireDeliveries(options) {
        const disabled = [...state.webhooks].filter(([, { enabled }]) => !enabled)
        for (const [id] of disabled) state.webhooks.delete(id)
        const expired = await right.expireDeliveries(options)
        for (const [id, webhook] of disabled) state.webhooks.set(id, webhook)
        return expired
      },
    }),
    noticedBy: ['deliveries of a disabled webhook expire as well'],
  },

  'expires what a worker holds': {
    breaks: (right, state) => ({
      async expireDeliveries(options) {
        for (const row of state.unfinished) row.lease = null
        return right.expireDeliveries(options)
      },
    }),
    noticedBy: ['a delivery under lease does not expire'],
  },

  'lets deliveries grow old whose webhook has no age of its own': {
    breaks: (right) => ({
      expireDeliveries: async (options) => right.expireDeliveries({ ...options, defaultMaxAgeMs: Infinity }),
    }),
    noticedBy: ['where a webhook has no age of its own, that of the caller counts'],
  },

  'expires by the age that the caller gives, whatever the webhook has': {
    breaks: (right, state) => ({
      async expireDeliveries(options) {
        for (const webhook of state.webhooks.values()) webhook.maxAgeMs = null
        return right.expireDeliveries(options)
      },
    }),
    noticedBy: [
      'each webhook’s own age counts, as it is now',
      'where a webhook has no age of its own, that of the caller counts',
    ],
  },

  'counts as due what nobody may have, and what is resolved as given up': {
    breaks: (right, state) => ({
      async readBacklog(options) {
        const backlog = await right.readBacklog(options)
        const dead = [...state.deliveries.values()].filter(({ status }) => status === 'dead_letter')
        return { ...backlog, due: backlog.unfinished, deadLetters: dead.length }
      },
    }),
    noticedBy: [
      'what is held, or is to be tried later, is unfinished and not due',
      'what waits for its webhook is not due',
      'dead letters count until they are resolved',
    ],
  },

  'takes duties by look-then-write': {
    breaks: (right, { duties }) => ({
      async takeDuty(duty) {
        const held = duties.get(duty.name)
        const isFree = held === undefined || held.holder === duty.holder || held.until <= timeOf(duty)
        await setImmediate()
        if (isFree) duties.delete(duty.name)
        return isFree && right.takeDuty(duty)
      },
    }),
    noticedBy: [
      'of ten callers who want a duty at once, one gets it',
      'of ten callers who take over a lapsed duty at once, one gets it',
      'of renewing and taking over a lapsed duty at once, one happens',
    ],
  },

  'gives a duty to whoever asks': {
    breaks: (right, { duties }) => ({
      async takeDuty(duty) {
        duties.delete(duty.name)
        return right.takeDuty(duty)
      },
    }),
    noticedBy: [
      'a duty stays with who took it first while its lease lives',
      'of ten callers who want a duty at once, one gets it',
    ],
  },

  'leaves a duty with a holder that has vanished': {
    breaks: (right, { duties }) => ({
      async takeDuty(duty) {
        const held = duties.get(duty.name)
        return held !== undefined && held.holder !== duty.holder ? false : right.takeDuty(duty)
      },
    }),
    noticedBy: ['a duty whose lease has lapsed goes to the next who asks'],
  },

  'forgets duties that somebody has': {
    breaks: (_right, { duties }) => ({
      async forgetDuties({ limit }) {
        const names = [...duties.keys()].slice(0, limit)
        for (const name of names) duties.delete(name)
        return names.length
      },
    }),
    noticedBy: ['duties that nobody has are forgotten, so many at a time, and no others'],
  },

  'renews no duty': {
    breaks: (right, { duties }) => ({
      async takeDuty(duty) {
        const held = duties.get(duty.name)
        return held?.holder === duty.holder ? held.until > timeOf(duty) : right.takeDuty(duty)
      },
    }),
    noticedBy: ['a holder that takes its duty again has it for longer'],
  },

  'takes requests by look-then-write': {
    breaks: (right, { requests }) => ({
      async takeRequest(take) {
        const known = requests.get(requestKey(take))
        await setImmediate()
        if (known !== undefined && known.until > timeOf(take)) return known
        requests.delete(requestKey(take))
        return right.takeRequest(take)
      },
    }),
    noticedBy: ['of ten callers with the same key at once, one sees to it'],
  },

  'answers a request for whoever asks': {
    breaks: (right, { requests }) => ({
      answerRequest: async (answer) =>
        right.answerRequest({ ...answer, holder: requests.get(requestKey(answer))?.holder ?? answer.holder }),
      dropRequest: async (request) => void requests.delete(requestKey(request)),
    }),
    noticedBy: [
      'a request whose holder has vanished is for the next one to see to',
      'an answer stays as it was given first',
      'a request that is dropped is seen to as if it were the first',
    ],
  },

  'tells requests apart by their key alone': {
    breaks: (right) => ({
      takeRequest: async (take) => right.takeRequest({ ...take, organizationId: '', route: '' }),
    }),
    noticedBy: ['the same key is another one for another organization or route'],
  },

  'keeps answers as long as leases': {
    breaks: (right) => ({
      answerRequest: async (answer) => right.answerRequest({ ...answer, keepMs: 60_000 }),
    }),
    noticedBy: ['what a request was answered is kept for as long as was said'],
  },

  'forgets requests that are under way': {
    breaks: (_right, { requests }) => ({
      async forgetRequests() {
        const count = requests.size
        requests.clear()
        return count
      },
    }),
    noticedBy: ['requests whose time is over are forgotten, so many at a time, and no others'],
  },

  'leaves requests in an erasure': {
    breaks: (right, { requests }) => ({
      async eraseNext(erasure) {
        const kept = [...requests]
        requests.clear()
        const hasErased = await right.eraseNext(erasure)
        for (const [key, row] of kept) requests.set(key, row)
        return hasErased
      },
    }),
    noticedBy: ['of an organization that is erased nothing is left, and of others everything'],
  },

  'cancels what waits for a webhook of anybody': {
    breaks: (right, { webhooks }) => ({
      cancelWaiting: async (waiting) => {
        const { organizationId } = webhooks.get(waiting.webhookId) ?? waiting
        return right.cancelWaiting({ ...waiting, organizationId })
      },
    }),
    noticedBy: ['what waits for a webhook is cancelled, as many at a time as it says'],
  },

  'cancels what waits whatever its age': {
    breaks: (right) => ({
      cancelWaiting: async (waiting) => right.cancelWaiting({ ...waiting, createdBefore: null }),
    }),
    noticedBy: ['of what waits for a webhook the older part can be cancelled'],
  },

  'cancels what a worker has with what waits': {
    breaks: (right, { unfinished }) => ({
      async cancelWaiting(waiting) {
        for (const row of unfinished) row.lease = null
        return right.cancelWaiting(waiting)
      },
    }),
    noticedBy: ['what a worker has is not cancelled with what waits'],
  },

  'leaves to workers that are gone what they had': {
    breaks: (right, { unfinished }) => ({
      async cancelWaiting(waiting) {
        const isHeld = [...unfinished].some(
          (row) => row.webhookId === waiting.webhookId && row.lease !== null,
        )
        return isHeld ? 0 : right.cancelWaiting(waiting)
      },
    }),
    noticedBy: ['what a worker had that is gone waits: it is cancelled, and its request is kept'],
  },

  'replays the same deliveries in each step of a bulk replay': {
    breaks: (right, { bulkReplays }) => ({
      async advanceBulkReplay(step) {
        const replay = bulkReplays.get(step.id)
        if (replay !== undefined) Object.assign(replay, { afterCreatedAt: null, afterId: null })
        return right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['a bulk replay makes a delivery of each that matches, the oldest first'],
  },

  'reads how far a bulk replay has come before the step that wrote it is over': {
    breaks: (right, { bulkReplays }) => ({
      async advanceBulkReplay(step) {
        const known = { ...bulkReplays.get(step.id) }
        await setImmediate()
        const { afterCreatedAt = null, afterId = null } = known
        const replay = bulkReplays.get(step.id)
        if (replay !== undefined) Object.assign(replay, { afterCreatedAt, afterId })
        return right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['steps of a bulk replay at once replay nothing twice'],
  },

  'replays deliveries of every webhook': {
    breaks: (right, { bulkReplays }) => ({
      async advanceBulkReplay(step) {
        const replay = bulkReplays.get(step.id)
        if (replay !== undefined) replay.webhookId = null
        return right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['a bulk replay leaves alone what does not match'],
  },

  'goes on with a bulk replay that was paused': {
    breaks: (right, { bulkReplays }) => ({
      async advanceBulkReplay(step) {
        const replay = bulkReplays.get(step.id)
        if (replay?.state === 'paused') replay.state = 'running'
        return right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['a bulk replay that is paused or cancelled goes no further'],
  },

  'forgets the idempotency key of a bulk replay': {
    breaks: (right) => ({
      insertBulkReplay: async (replay) => right.insertBulkReplay({ ...replay, idempotencyKey: null }),
    }),
    noticedBy: ['of bulk replays of the same idempotency key the first one counts'],
  },

  'counts a bulk replay of a deleted webhook as made': {
    breaks: (right) => ({
      async advanceBulkReplay(step) {
        const replay = await right.advanceBulkReplay(step)
        return replay && { ...replay, replayed: replay.replayed + replay.skipped, skipped: 0 }
      },
    }),
    noticedBy: ['a bulk replay passes over deliveries whose webhook is no more'],
  },

  'finds what a webhook has missed, then makes it': {
    breaks: (right, state) => ({
      async advanceBulkReplay(step) {
        const deliveries = new Map(state.deliveries)
        await setImmediate()
        const others = [...state.deliveries].filter(([id]) => !deliveries.has(id))
        for (const [id] of others) state.deliveries.delete(id)
        const advancing = right.advanceBulkReplay(step)
        for (const [id, row] of others) state.deliveries.set(id, row)
        return advancing
      },
    }),
    noticedBy: ['recoveries of a webhook at once make one delivery of an event'],
  },

  'sends a webhook every event of its time anew': {
    breaks: (right, state) => ({
      async advanceBulkReplay(step) {
        const deliveries = new Map(state.deliveries)
        state.deliveries.clear()
        const advanced = await right.advanceBulkReplay(step)
        for (const [id, row] of deliveries) state.deliveries.set(id, row)
        return advanced
      },
    }),
    noticedBy: ['a recovery makes no delivery of an event that its webhook has one of'],
  },

  'recovers events of every type': {
    breaks: (right, state) => ({
      async advanceBulkReplay(step) {
        const webhooks = [...state.webhooks.values()]
        const types = webhooks.map(({ eventTypes }) => eventTypes)
        for (const webhook of webhooks) webhook.eventTypes = []
        const advanced = await right.advanceBulkReplay(step)
        for (const [index, webhook] of webhooks.entries()) webhook.eventTypes = types[index] ?? []
        return advanced
      },
    }),
    noticedBy: ['a recovery leaves alone what its webhook does not want'],
  },

  'takes what failed for missed, whether it is asked to or not': {
    breaks: (right, { bulkReplays }) => ({
      async advanceBulkReplay(step) {
        const replay = bulkReplays.get(step.id)
        if (replay?.kind === 'recovery') replay.includeFailed = true
        return right.advanceBulkReplay(step)
      },
      countMissed: async (query) => right.countMissed({ ...query, includeFailed: true }),
    }),
    noticedBy: ['a recovery makes no delivery of an event that its webhook has one of'],
  },

  'makes no replay of what failed, but another first delivery': {
    breaks: (right, state) => ({
      async advanceBulkReplay(step) {
        const known = new Set(state.deliveries.keys())
        const advanced = await right.advanceBulkReplay(step)
        if (advanced?.kind !== 'recovery') return advanced
        const made = [...state.deliveries.values()].filter(({ id }) => !known.has(id))
        for (const row of made) Object.assign(row, { replayOf: null, replayRoot: null })
        return advanced
      },
    }),
    noticedBy: ['a recovery that includes what failed replays the last of what was given up or cancelled'],
  },

  'goes through all events at once to find what was missed': {
    breaks: (right) => ({
      advanceBulkReplay: async (step) => right.advanceBulkReplay({ ...step, lookThrough: allRows }),
      countMissed: async (query) => right.countMissed({ ...query, lookThrough: allRows }),
    }),
    noticedBy: ['a recovery looks through no more events at once than it is told, be none of them missing'],
  },

  'goes on with a recovery whose webhook is no more': {
    breaks: (right) => ({
      async advanceBulkReplay(step) {
        const replay = await right.findBulkReplay(step)
        const webhook = { ...step, id: replay?.webhookId ?? '' }
        const isGone = replay?.kind === 'recovery' && (await right.findWebhook(webhook)) === null
        return isGone ? replay : right.advanceBulkReplay(step)
      },
    }),
    noticedBy: ['a recovery ends as cancelled when its webhook is no more'],
  },

  'lists bulk replays as running that are not': {
    breaks: (_right, { bulkReplays }) => ({
      listRunningReplays: async ({ limit }) => [...bulkReplays.values()].slice(0, limit),
    }),
    noticedBy: ['bulk replays that are running are found in all organizations'],
  },

  'lets the first bulk replays of one organization keep those of others waiting': {
    breaks: (_right, { bulkReplays }) => ({
      async listRunningReplays({ limit }) {
        const running = [...bulkReplays.values()].filter(({ state }) => state === 'running')
        return running.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit)
      },
    }),
    noticedBy: ['bulk replays that are running are found in turns, one organization after the other'],
  },

  'has event types by their name alone': {
    breaks: (right, { eventTypes }) => {
      const ownerOf = (name: string) => [...eventTypes.values()].find((type) => type.name === name)
      return {
        async insertEventType(type) {
          return ownerOf(type.name) === undefined && right.insertEventType(type)
        },
      }
    },
    noticedBy: [
      'an event goes by the type of all organizations, or else by that of its own',
      'an event type that is deleted is gone, and no other',
    ],
  },

  'looks for an event type, and then writes it': {
    breaks: (right, { eventTypes }) => ({
      async insertEventType(type) {
        const isTaken = [...eventTypes.values()].some((known) => known.name === type.name)
        await setImmediate()
        if (isTaken) return false
        for (const [key, known] of eventTypes) if (known.name === type.name) eventTypes.delete(key)
        return right.insertEventType(type)
      },
    }),
    noticedBy: ['of ten callers who register an event type at once, one does'],
  },

  'lets the event type of an organization count before that of all': {
    breaks: (right, { eventTypes }) => ({
      async findEventTypeRules(key) {
        const own = [...eventTypes.values()].find(
          ({ organizationId, name }) => organizationId === key.organizationId && name === key.name,
        )
        return own === undefined ? right.findEventTypeRules(key) : own
      },
    }),
    noticedBy: ['an event goes by the type of all organizations, or else by that of its own'],
  },

  'tells of new event types, and not of changed ones': {
    breaks: (right, state) => ({
      async updateEventType(...change) {
        const updated = await right.updateEventType(...change)
        state.eventTypeChanges--
        return updated
      },
    }),
    noticedBy: ['whoever keeps event types learns that one was registered, changed or deleted'],
  },

  'counts what it did not write': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const written = await right.settleDeliveries(settlements, options)
        settlements.forEach((settlement, place) => {
          const row = state.deliveries.get(settlement.id)
          if (written[place] === false && row) countSettled(state, row, factOf(settlement), timeOf(options))
        })
        return written
      },
    }),
    noticedBy: ['a settlement that comes too late counts nowhere', 'what is cancelled counts nowhere'],
  },

  'counts deliveries that a filter left out': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        for (const { id, attempt } of settlements) {
          const row = state.deliveries.get(id)
          if (attempt === null && row) countSettled(state, row, endFact('expired'), timeOf(options))
        }
        return right.settleDeliveries(settlements, options)
      },
    }),
    noticedBy: ['what is cancelled counts nowhere', 'dead letters count, whatever gave them up'],
  },

  'leaves out what was given up without an attempt': {
    breaks: (right, state) => ({
      async expireDeliveries(options) {
        const rollups = structuredClone(state.rollups)
        const expired = await right.expireDeliveries(options)
        state.rollups.clear()
        for (const [key, rollup] of rollups) state.rollups.set(key, rollup)
        return expired
      },
    }),
    noticedBy: ['dead letters count, whatever gave them up'],
  },

  'adds to the rollups what is in them': {
    breaks: (_right, { rollups }) => ({
      async foldRollups() {
        for (const { counts } of rollups.values()) counts.attempts *= 2
        return 0
      },
    }),
    noticedBy: [
      'no figure changes when facts are added to the rollups',
      'ten callers who add facts to the rollups at once add each once',
    ],
  },

  'shows the rollups of all organizations': {
    breaks: (right, { rollups }) => ({
      async readRollups(query) {
        const organizations = [...new Set([...rollups.values()].map(({ organizationId }) => organizationId))]
        const all = organizations.map((organizationId) => right.readRollups({ ...query, organizationId }))
        return (await Promise.all(all)).flat()
      },
    }),
    noticedBy: ['counts are those of the organization alone'],
  },

  'answers a whole day for an hour': {
    breaks: (right) => ({
      readRollups: async (query) =>
        right.readRollups({
          ...query,
          spans: query.spans.map((span) => ({ ...span, to: new Date(span.to.getTime() + 86_400_000) })),
        }),
    }),
    noticedBy: ['only the intervals that are asked for are answered'],
  },

  'forgets rollups of any length': {
    breaks: (_right, { rollups }) => ({
      async forgetRollups({ before, limit }) {
        const old = [...rollups].filter(([, { startsAt }]) => startsAt < before).slice(0, limit)
        for (const [key] of old) rollups.delete(key)
        return old.length
      },
    }),
    noticedBy: ['old rollups are removed, those of the given length only'],
  },

  'makes rollups anew beside those there are': {
    breaks: (right, { rollups }) => ({
      async rebuildRollups(options) {
        const before = [...rollups.values()].map((rollup) => structuredClone(rollup))
        await right.rebuildRollups(options)
        for (const rollup of before) addRollup(rollups, rollup)
      },
    }),
    noticedBy: [
      'rollups that are made anew from attempts give the same figures',
      'what is settled while rollups are made anew counts once',
    ],
  },

  'redacts the event alone': {
    breaks: (_right, { events }) => ({
      async redactEvent(key) {
        const event = events.get(eventKey(key))
        return event === undefined ? null : { ...Object.assign(event, { body: '' }) }
      },
    }),
    noticedBy: [
      'a redacted event has no data any more, and neither have its deliveries and attempts; all else stays',
      'what is unfinished of an event is cancelled when it is redacted, also under lease',
      'nothing of an event is left that is redacted while it is claimed, settled and replayed',
    ],
  },

  'keeps what workers bring after a redaction': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const written = await right.settleDeliveries(settlements, options)
        for (const { id, attempt } of settlements) {
          const stored = state.attempts.get(id)?.find(({ number }) => number === attempt?.number)
          if (stored !== undefined && attempt !== null) stored.responseBody = attempt.responseBody
        }
        return written
      },
    }),
    noticedBy: ['what a worker brings after an event was redacted leaves its attempt, without the answer'],
  },

  'replays what was redacted': {
    breaks: (right, state) => ({
      async replayDelivery(delivery) {
        const row = state.deliveries.get(delivery.id)
        const event = row && state.events.get(eventKey({ ...row, id: row.eventId }))
        if (event?.body !== '') return right.replayDelivery(delivery)
        event.body = 'again'
        const replay = await right.replayDelivery(delivery)
        event.body = ''
        return replay
      },
    }),
    noticedBy: ['a redacted event is not replayed, nor recovered'],
  },

  'redacts every event of the organization': {
    breaks: (right, state) => ({
      async redactEvent({ organizationId, now, ...key }, audit) {
        for (const event of state.events.values())
          if (event.organizationId === organizationId) await right.redactEvent({ ...event, now })
        return right.redactEvent({ organizationId, now, ...key }, audit)
      },
    }),
    noticedBy: ['redacting an event touches no other'],
  },

  'erases the events of all organizations': {
    breaks: (right, { events }) => ({
      async eraseNext(erasure) {
        events.clear()
        return right.eraseNext(erasure)
      },
    }),
    noticedBy: ['of an organization that is erased nothing is left, and of others everything'],
  },

  'forgets the keys of an organization that it erases': {
    breaks: (right, { apiKeys, apiKeyTokens }) => ({
      async eraseNext(erasure) {
        const [keys, tokens] = [[...apiKeys], [...apiKeyTokens]]
        const isMore = await right.eraseNext(erasure)
        for (const [id, key] of keys) apiKeys.set(id, key)
        for (const [hash, token] of tokens) apiKeyTokens.set(hash, token)
        return isMore && keys.length === 0
      },
    }),
    noticedBy: ['of an organization that is erased nothing is left, and of others everything'],
  },

  'forgets an erasure before it is over': {
    breaks: (right, { erasures }) => ({
      async eraseNext(erasure) {
        erasures.clear()
        return right.eraseNext(erasure)
      },
    }),
    noticedBy: ['an erasure is noted once, until nothing is left'],
  },

  'notes the changes of all organizations': {
    breaks: (right) => ({
      async noteChanges(changes, options) {
        const organizationIds = changes.map(({ organizationId }) => organizationId)
        await right.watchChanges({ organizationIds, forMs: 60_000, ...options })
        await right.noteChanges(changes, options)
      },
    }),
    noticedBy: ['changes are noted of organizations that are watched, as long as they are'],
  },

  'begins its keys anew': {
    breaks: (right, { changes }) => ({
      async forgetChanges(options) {
        const forgotten = await right.forgetChanges(options)
        if (changes.rows.length === 0) changes.last = 0
        return forgotten
      },
    }),
    noticedBy: ['what was noted long ago is forgotten, and no key is given again'],
  },

  'gives keys before what is noted can be seen': {
    breaks: (right, { changes }) => ({
      async noteChanges(noted, options) {
        const before = changes.rows.length
        await right.noteChanges(noted, options)
        const rows = changes.rows.splice(before)
        for (let turns = rows.length === 0 ? 0 : (rows[0]?.key ?? 0) % 3; turns > 0; turns--)
          await setImmediate()
        changes.rows.push(...rows)
        changes.rows.sort((a, b) => a.key - b.key)
      },
    }),
    noticedBy: ['who reads while others note misses nothing'],
  },

  'forgets deliveries by when they were made': {
    breaks: (right, { deliveries }) => ({
      async forgetDeliveries(walk) {
        for (const row of deliveries.values()) if (row.finishedAt !== null) row.finishedAt = row.createdAt
        return right.forgetDeliveries(walk)
      },
    }),
    noticedBy: ['finished deliveries go by their status and when they were finished'],
  },

  'forgets deliveries of which replays tell': {
    breaks: (right, { deliveries }) => ({
      async forgetDeliveries(walk) {
        const chains = new Map(
          [...deliveries].map(([id, { replayOf, replayRoot }]) => [id, { replayOf, replayRoot }]),
        )
        for (const row of deliveries.values()) Object.assign(row, { replayOf: null, replayRoot: null })
        const step = await right.forgetDeliveries(walk)
        for (const [id, row] of deliveries) Object.assign(row, chains.get(id))
        return step
      },
    }),
    noticedBy: ['a delivery stays as long as a replay names it'],
  },

  'forgets events that have deliveries': {
    breaks: (_, { events }) => ({
      async forgetEvents({ organizationId, createdBefore }) {
        const own = [...events].filter(
          ([, event]) => event.organizationId === organizationId && event.createdAt < createdBefore,
        )
        for (const [key] of own) events.delete(key)
        return { events: own.length, last: null }
      },
    }),
    noticedBy: [
      'an event stays as long as it has a delivery, and its id is free afterwards',
      'a delivery stays as long as a replay names it',
    ],
  },

  'forgets everything at once': {
    breaks: (right) => ({
      forgetDeliveries: async (walk) => right.forgetDeliveries({ ...walk, limit: allRows }),
    }),
    noticedBy: ['deliveries go some rows at a time, their attempts counted'],
  },

  'forgets the deliveries of all organizations': {
    breaks: (right) => ({
      async forgetDeliveries(walk) {
        await right.forgetDeliveries({ ...walk, organizationId: 'globex' })
        return right.forgetDeliveries(walk)
      },
    }),
    noticedBy: ['other organizations keep theirs'],
  },

  'forgets no key that was revoked': {
    breaks: (right, { apiKeys }) => ({
      async forgetApiKeys(batch) {
        const revoked = [...apiKeys].filter(([, key]) => key.revokedAt !== null)
        for (const [id] of revoked) apiKeys.delete(id)
        const removed = await right.forgetApiKeys(batch)
        for (const [id, key] of revoked) apiKeys.set(id, key)
        return removed
      },
    }),
    noticedBy: ['ended keys go, with their tokens and the counts of their use'],
  },

  'takes every beat for the first of its worker': {
    breaks: (right) => ({
      async beatWorker(beat) {
        await right.removeWorkers([beat.id])
        await right.beatWorker(beat)
      },
    }),
    noticedBy: ['a worker is listed as it told of itself last, since its first beat'],
  },

  'forgets all workers when one ends': {
    breaks: (right, { workers }) => ({
      async removeWorkers() {
        workers.clear()
      },
    }),
    noticedBy: ['workers that are removed are listed no more, until they beat again'],
  },

  'lets anybody give a duty up': {
    breaks: (_right, { duties }) => ({
      async releaseDuty({ name }) {
        duties.delete(name)
      },
    }),
    noticedBy: ['only its holder can give a duty up'],
  },

  'has one duty for all': {
    breaks: (right) => ({
      takeDuty: async (duty) => right.takeDuty({ ...duty, name: 'the duty' }),
      releaseDuty: async (duty) => right.releaseDuty({ ...duty, name: 'the duty' }),
    }),
    noticedBy: ['duties of different names are held apart'],
  },

  'keeps bodies without the token': {
    breaks: (right, state) => ({
      keepBodies: async (bodies) => right.keepBodies(bodies.map((body) => withCurrentLease(state, body))),
    }),
    noticedBy: ['a body of a claim that no longer counts is not kept'],
  },

  'keeps the last body': {
    breaks: (right, state) => ({
      async keepBodies(bodies) {
        for (const { id } of bodies) state.bodies.delete(id)
        return right.keepBodies(bodies)
      },
    }),
    noticedBy: ['the first body that is kept stays'],
  },

  'forgets the bodies of what is given back': {
    breaks: (right, state) => ({
      async releaseDeliveries(claims, options) {
        for (const { id } of claims) state.bodies.delete(id)
        return right.releaseDeliveries(claims, options)
      },
    }),
    noticedBy: ['a delivery that is given back brings the body that was made for it'],
  },

  'takes a body that is the event’s own for none': {
    breaks: (right) => ({
      keepBodies: async (bodies) => {
        const kept = await right.keepBodies(bodies.filter(({ body }) => body !== null))
        return bodies.map(({ body }) => body === null || (kept.shift() ?? false))
      },
    }),
    noticedBy: ['that a delivery sends the body of its event can be settled, too'],
  },

  'replays with the body of the event': {
    breaks: (right, state) => {
      const withoutBodies = async <Answer>(replay: () => Promise<Answer>): Promise<Answer> => {
        const bodies = new Map(state.bodies)
        state.bodies.clear()
        const answer = await replay()
        for (const [id, body] of bodies) state.bodies.set(id, body)
        return answer
      }
      return {
        replayDelivery: async (ids) => withoutBodies(async () => right.replayDelivery(ids)),
        advanceBulkReplay: async (step) => withoutBodies(async () => right.advanceBulkReplay(step)),
      }
    },
    noticedBy: [
      'a replay sends what was made for the delivery that it repeats',
      'so does each replay of many',
    ],
  },

  'takes what is put off for what has failed': {
    breaks: (right, state) => ({
      async settleDeliveries(settlements, options) {
        const written = await right.settleDeliveries(settlements, options)
        for (const { id, next } of settlements) {
          const row = state.deliveries.get(id)
          if (row && next.status === 'retrying') row.status = 'retrying'
        }
        return written
      },
    }),
    noticedBy: ['a delivery that is put off is due later, and nothing else has come of it'],
  },

  'says of every claimed delivery that nothing has failed': {
    breaks: (right) => ({
      async claimDeliveries(request) {
        const claimed = await right.claimDeliveries(request)
        for (const one of claimed) one.status = 'pending'
        return claimed
      },
    }),
    noticedBy: ['a claim says whether an attempt of the delivery has failed'],
  },

  'hands out its own rows': {
    breaks: (right, state) => ({
      async listWebhooks(query: Page & { organizationId: string }) {
        const page = await right.listWebhooks(query)
        return page.flatMap(({ id }) => state.webhooks.get(id) ?? [])
      },
    }),
    noticedBy: ['a row that a caller changes afterwards is not changed in the storage'],
  },
}

/** The names of the cases that a storage fails. */
async function failedCases(open: () => Storage): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of storageConformance) {
    await run(async () => open()).catch(() => failed.push(name))
  }
  return failed
}

function wrongStorage(breaks: Break): Storage {
  const state = emptyState()
  const right = storageOver(state)
  return { ...right, ...breaks(right, state) }
}

for (const [wrong, { breaks, noticedBy }] of Object.entries(wrongStorages)) {
  test(`the kit fails a storage that ${wrong}`, async () => {
    const failed = await failedCases(() => wrongStorage(breaks))
    expect(failed).toEqual(expect.arrayContaining(noticedBy))
  })
}

test('the kit passes the memory storage, which is right', async () => {
  expect(await failedCases(memoryStorage)).toEqual([])
})

test('no two cases have the same name', () => {
  const names = storageConformance.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
})
