import type {
  ClaimedDelivery,
  ClaimRequest,
  NewEvent,
  Settlement,
  StoredWebhook,
} from '@leadhooks/core/storage'

let made = 0

/** An event of organization `acme`; its id is new each time. */
export function newEvent(changes: Partial<NewEvent> = {}): NewEvent {
  const id = `lead-${++made}`
  const createdAt = new Date()
  return {
    id,
    organizationId: 'acme',
    type: 'new_lead',
    body: '{}',
    orderingKey: null,
    traceparent: null,
    createdAt,
    channels: null,
    patterns: ['new_lead'],
    ...changes,
  }
}

/** A webhook of organization `acme` for every event type; its id is new each time. */
export function newWebhook(changes: Partial<StoredWebhook> = {}): StoredWebhook {
  return {
    id: `whk_${++made}`,
    organizationId: 'acme',
    name: null,
    description: null,
    url: 'https://receiver.example/',
    eventTypes: [],
    channels: [],
    filter: null,
    format: 'leadhooks',
    mapping: null,
    headerNames: [],
    bodySignature: 'sha256=',
    retry: null,
    timeoutMs: null,
    concurrency: null,
    throttle: null,
    ordered: false,
    traceContext: false,
    batch: null,
    maintenance: [],
    authenticationType: null,
    tlsCertificates: null,
    circuit: null,
    autoDisable: null,
    circuitState: 'closed',
    waitsUntil: null,
    waitsFor: null,
    rotateSecretEveryDays: null,
    rotateSecretAt: null,
    secretRotatedAt: null,
    publicKey: null,
    previousSecretEndsAt: null,
    sealedPreviousSecret: null,
    sealedPrivateKey: null,
    previousPublicKey: null,
    sealedPreviousPrivateKey: null,
    health: null,
    verification: null,
    verifiedAt: null,
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    createdAt: new Date(),
    updatedAt: new Date(),
    sealedSecret: 'sealed',
    sealedHeaders: null,
    sealedAuthentication: null,
    sealedTls: null,
    organizationMaintenance: [],
    maxAgeMs: 86_400_000,
    ...changes,
  }
}

export const claimAll: ClaimRequest = {
  limit: 1000,
  leaseMs: 60_000,
  room: new Map(),
  defaultConcurrency: 1000,
}

/** What a worker writes after a request, by default after one that succeeded. */
export function settled(
  { id, lease, attempt: number }: Pick<ClaimedDelivery, 'id' | 'lease' | 'attempt'>,
  next: Settlement['next'] = { status: 'delivered' },
): Settlement {
  const answer = { failure: null, message: null, statusCode: 200, responseBody: 'ok', batch: null }
  const attempt = { number, startedAt: new Date(), durationMs: 5, outcome: 'succeeded' as const, ...answer }
  return { id, lease, attempt, next }
}
