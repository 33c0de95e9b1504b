/** Every class of failure: what has happened, and what to do about it. The documentation lists them all. */
export const failureSentences = {
  token:
    'No access token could be fetched to authenticate with: check the token URL, the client id and the secret',
  blocked_address: 'The URL leads to an address that deliveries may not go to: it must be a public one',
  dns: 'The host name of the URL has no address: check the URL and its DNS records',
  connect: 'The receiver could not be connected to: check that it is up, and the port of the URL',
  tls: 'TLS with the receiver failed: check that it speaks TLS 1.2 or 1.3 on this port and that its certificate is valid',
  timeout_dns: 'The host name of the URL was not resolved in time: check that its name servers answer',
  timeout_connect:
    'No connection to the receiver came about in time: check that it is up and that no firewall is in the way',
  timeout_tls:
    'The receiver did not agree on TLS in time: check that it speaks TLS on this port, and how busy it is',
  timeout_sending:
    'The receiver did not take the whole request in time: let it read the body before it does anything else',
  timeout_first_byte:
    'The receiver took the request and did not answer it in time: let it answer first and work afterwards',
  timeout_body:
    'The receiver began its answer and did not end it in time: let it answer with a short body, or none',
  timeout: 'The receiver gave no complete answer in time; such attempts are from before the phase was kept',
  reset:
    'The receiver closed the connection before its answer was complete: its log, or that of its proxy, may tell why',
  too_large:
    'The receiver sent more than an answer may have, 16 KiB of headers and 256 KiB in all: let it answer with a short body, or none',
  invalid_response:
    'The receiver did not answer in proper HTTP/1.1: check that the URL leads to a web server',
  invalid_request: 'The request could not be written: check the URL and the custom headers of the webhook',
  worker_stopped:
    'The worker was stopped before the receiver had answered: the delivery goes on with the next worker',
  status: 'The receiver answered, but not with 2xx: the status code says why, and its log may tell more',
} as const

/** Why an attempt brought no success: no answer, and where it broke off, or an answer other than 2xx. */
export type AttemptFailure = keyof typeof failureSentences

export const attemptFailures = Object.keys(failureSentences) as AttemptFailure[]
