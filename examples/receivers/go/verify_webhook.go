// Package receiver verifies webhooks by Standard Webhooks v1, with nothing but Go's standard library.
package receiver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	ErrInvalidSecret    = errors.New("invalid_secret")
	ErrMissingHeader    = errors.New("missing_header")
	ErrInvalidHeader    = errors.New("invalid_header")
	ErrInvalidTimestamp = errors.New("invalid_timestamp")
	ErrTimestampTooOld  = errors.New("timestamp_too_old")
	ErrTimestampTooNew  = errors.New("timestamp_too_new")
	ErrNoMatch          = errors.New("no_match")

	idForm        = regexp.MustCompile(`\A[A-Za-z0-9_-]{1,128}\z`)
	timestampForm = regexp.MustCompile(`\A(0|[1-9][0-9]{0,10})\z`)
	signatureForm = regexp.MustCompile(`\A[^,]+,[^,]+\z`)
)

// VerifyWebhook answers nil if one of secrets signed body (the raw bytes), within tolerance of now.
func VerifyWebhook(body []byte, headers http.Header, secrets []string, now time.Time, tolerance time.Duration) error {
	keys, err := decodeSecrets(secrets)
	if err != nil {
		return err
	}
	for _, name := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		if len(headers.Values(name)) == 0 {
			return ErrMissingHeader
		}
		if len(headers.Values(name)) > 1 {
			return ErrInvalidHeader
		}
	}
	id, timestamp := headers.Get("Webhook-Id"), headers.Get("Webhook-Timestamp")
	if !idForm.MatchString(id) {
		return ErrInvalidHeader
	}
	if !timestampForm.MatchString(timestamp) {
		return ErrInvalidTimestamp
	}
	signatures := strings.Split(headers.Get("Webhook-Signature"), " ")
	if len(signatures) > 16 {
		return ErrInvalidHeader
	}
	for _, signature := range signatures {
		if !signatureForm.MatchString(signature) {
			return ErrInvalidHeader
		}
	}
	seconds, _ := strconv.ParseInt(timestamp, 10, 64)
	age := time.Duration(now.Unix()-seconds) * time.Second
	if age > tolerance {
		return ErrTimestampTooOld
	}
	if -age > tolerance {
		return ErrTimestampTooNew
	}

	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, signature := range signatures {
			if hmac.Equal([]byte(signature), []byte(expected)) {
				return nil
			}
		}
	}
	return ErrNoMatch
}

func decodeSecrets(secrets []string) ([][]byte, error) {
	var keys [][]byte
	for _, secret := range secrets {
		encoded := strings.TrimPrefix(secret, "whsec_")
		key, err := base64.StdEncoding.DecodeString(encoded)
		// A lenient decoder skips line breaks and loose bits: only what encodes to the same text is taken.
		isExact := err == nil && encoded != secret && base64.StdEncoding.EncodeToString(key) == encoded
		if !isExact || len(key) < 24 || len(key) > 64 {
			return nil, ErrInvalidSecret
		}
		keys = append(keys, key)
	}
	return keys, nil
}
