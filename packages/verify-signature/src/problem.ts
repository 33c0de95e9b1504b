import type { SignatureError } from './signature-error.ts'

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  413: 'Content Too Large',
  500: 'Internal Server Error',
}

export const problemType = 'application/problem+json'

/** A refusal as the body of a response (RFC 9457). */
export function problemJson({ status, code, message }: SignatureError): string {
  return JSON.stringify({ type: 'about:blank', title: titles[status], status, code, detail: message })
}
