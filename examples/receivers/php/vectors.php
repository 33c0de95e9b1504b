<?php
// Prints what verify_webhook says of each request on standard input: see ../README.md.

declare(strict_types=1);

require __DIR__ . '/verify_webhook.php';

while (($line = fgets(STDIN)) !== false) {
    [$body, $secrets, $id, $timestamp, $signature, $now, $tolerance] = explode("\t", rtrim($line, "\n"));
    $sent = ['webhook-id' => $id, 'webhook-timestamp' => $timestamp, 'webhook-signature' => $signature];
    $headers = array_map('base64_decode', array_filter($sent, fn (string $value) => $value !== '-'));
    $keys = array_map('base64_decode', array_slice(explode(',', $secrets), 1));
    try {
        verify_webhook(base64_decode($body), $headers, $keys, (int) $now, (int) $tolerance);
        echo "ok\n";
    } catch (SignatureError $error) {
        echo $error->getMessage(), "\n";
    }
}
