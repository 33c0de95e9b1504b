//! Verifies webhooks by Standard Webhooks v1, with nothing but Rust's standard library. Where dependencies are welcome,
//! the crates `hmac`, `sha2` and `base64` take the place of `sha256.rs` and `base64.rs`.

use crate::base64;
use crate::sha256::hmac_sha256;

#[derive(Debug, PartialEq)]
pub enum SignatureError {
    InvalidSecret,
    MissingHeader,
    InvalidHeader,
    InvalidTimestamp,
    TimestampTooOld,
    TimestampTooNew,
    NoMatch,
}

use SignatureError::*;

/// An error unless one of `secrets` signed `body`, the raw bytes. `header` answers a header by its name in lower case;
/// `now` is in seconds since 1970.
pub fn verify_webhook<'a>(
    body: &[u8],
    header: impl Fn(&str) -> Option<&'a str>,
    secrets: &[&str],
    now: i64,
    tolerance_seconds: i64,
) -> Result<(), SignatureError> {
    let keys = secrets.iter().map(|secret| decode_secret(secret)).collect::<Result<Vec<_>, _>>()?;
    let id = header("webhook-id").ok_or(MissingHeader)?;
    let timestamp = header("webhook-timestamp").ok_or(MissingHeader)?;
    let signatures = header("webhook-signature").ok_or(MissingHeader)?;
    if !is_id(id) {
        return Err(InvalidHeader);
    }
    let seconds = parse_timestamp(timestamp).ok_or(InvalidTimestamp)?;
    let items: Vec<&str> = signatures.split(' ').collect();
    if items.len() > 16 || !items.iter().all(|item| is_item(item)) {
        return Err(InvalidHeader);
    }
    let age = now - seconds;
    if age > tolerance_seconds {
        return Err(TimestampTooOld);
    }
    if -age > tolerance_seconds {
        return Err(TimestampTooNew);
    }

    let mut content = format!("{id}.{timestamp}.").into_bytes();
    content.extend_from_slice(body);
    for key in keys {
        let expected = format!("v1,{}", base64::encode(&hmac_sha256(&key, &content)));
        if items.iter().any(|item| is_equal(item.as_bytes(), expected.as_bytes())) {
            return Ok(());
        }
    }
    Err(NoMatch)
}

fn is_id(id: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=128).contains(&id.len()) && id.bytes().all(is_allowed)
}

fn is_item(item: &str) -> bool {
    matches!(item.split_once(','), Some((version, signature))
        if !version.is_empty() && !signature.is_empty() && !signature.contains(','))
}

/// Written the one way that a decimal number is: `parse` alone would take `+5` and `007`.
fn parse_timestamp(text: &str) -> Option<i64> {
    let seconds: i64 = text.parse().ok()?;
    ((0..100_000_000_000).contains(&seconds) && seconds.to_string() == text).then_some(seconds)
}

fn decode_secret(secret: &str) -> Result<Vec<u8>, SignatureError> {
    let key = secret.strip_prefix("whsec_").and_then(base64::decode).ok_or(InvalidSecret)?;
    if (24..=64).contains(&key.len()) { Ok(key) } else { Err(InvalidSecret) }
}

/// In constant time.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}
