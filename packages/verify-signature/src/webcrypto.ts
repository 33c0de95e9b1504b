// The asynchronous twin of the main entry, for runtimes without node:crypto. Nothing that it reaches may import from
// node:.

export { verifySignature } from './webcrypto/verify-signature.ts'
export { createSigner, signPayload, type Signer } from './webcrypto/sign-payload.ts'
export { signBody, verifyBodySignature } from './webcrypto/body-signature.ts'

// The same as in the main entry.
export { generateSecret, type Secrets } from './secret.ts'
export {
  isSignatureError,
  SignatureError,
  signatureErrorStatus,
  type SignatureErrorCode,
} from './signature-error.ts'
export type { BodySignatureFormat, SignBodyInput, VerifyBodySignatureInput } from './body-signature-header.ts'
export type { SignPayloadInput } from './content-to-sign.ts'
export type { RawBody } from './raw-body.ts'
export type { WebhookHeaders } from './signature-headers.ts'
export type { VerifySignatureInput } from './signed-request.ts'
export type { WebhookEvent } from './webhook-event.ts'
