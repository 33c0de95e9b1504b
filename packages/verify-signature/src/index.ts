export { verifySignature } from './verify-signature.ts'
export { createSigner, signPayload, type Signer } from './sign-payload.ts'
export { createBodySigner, signBody, verifyBodySignature } from './body-signature.ts'
export { generateKeyPair, type KeyPair } from './generate-key-pair.ts'

// The same in ./webcrypto.
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
