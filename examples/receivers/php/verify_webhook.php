<?php
// Verifies a webhook by Standard Webhooks v1, with nothing but PHP (7.4 or newer).

declare(strict_types=1);

final class SignatureError extends Exception
{
}

/**
 * Throws a SignatureError, whose message is the code, unless one of $secrets signed $body: the raw bytes, from
 * file_get_contents('php://input'). $headers has the names in lower case: array_change_key_case(getallheaders()).
 */
function verify_webhook(string $body, array $headers, array $secrets, ?int $now = null, int $tolerance = 300): void
{
    $keys = array_map('decode_webhook_secret', $secrets);
    foreach (['webhook-id', 'webhook-timestamp', 'webhook-signature'] as $name) {
        if (!isset($headers[$name])) {
            throw new SignatureError('missing_header');
        }
    }
    $id = $headers['webhook-id'];
    $timestamp = $headers['webhook-timestamp'];
    if (!preg_match('/\A[A-Za-z0-9_-]{1,128}\z/', $id)) {
        throw new SignatureError('invalid_header');
    }
    if (!preg_match('/\A(0|[1-9][0-9]{0,10})\z/', $timestamp)) {
        throw new SignatureError('invalid_timestamp');
    }
    $items = explode(' ', $headers['webhook-signature']);
    if (count($items) > 16 || preg_grep('/\A[^,]+,[^,]+\z/', $items, PREG_GREP_INVERT)) {
        throw new SignatureError('invalid_header');
    }
    $age = ($now ?? time()) - (int) $timestamp;
    if ($age > $tolerance) {
        throw new SignatureError('timestamp_too_old');
    }
    if (-$age > $tolerance) {
        throw new SignatureError('timestamp_too_new');
    }

    foreach ($keys as $key) {
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach ($items as $item) {
            if (hash_equals($expected, $item)) {
                return;
            }
        }
    }
    throw new SignatureError('no_match');
}

function decode_webhook_secret(string $secret): string
{
    $key = strncmp($secret, 'whsec_', 6) === 0 ? base64_decode(substr($secret, 6), true) : false;
    // A lenient decoder skips line breaks and loose bits: only what encodes to the same text is taken.
    $isExact = $key !== false && 'whsec_' . base64_encode($key) === $secret;
    if (!$isExact || strlen($key) < 24 || strlen($key) > 64) {
        throw new SignatureError('invalid_secret');
    }
    return $key;
}
