//! Prints what verify_webhook says of each request on standard input: see ../README.md.

mod base64;
mod sha256;
mod verify_webhook;

use std::io::{stdin, BufRead};
use verify_webhook::{verify_webhook, SignatureError::*};

fn main() {
    for line in stdin().lock().lines().map(Result::unwrap) {
        let fields: Vec<&str> = line.split('\t').collect();
        let texts: Vec<Option<String>> = fields[2..5].iter().map(|field| text(field)).collect();
        let header = |name: &str| match name {
            "webhook-id" => texts[0].as_deref(),
            "webhook-timestamp" => texts[1].as_deref(),
            _ => texts[2].as_deref(),
        };
        let secrets: Vec<String> = fields[1].split(',').skip(1).filter_map(text).collect();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let body = base64::decode(fields[0]).unwrap();
        let outcome = verify_webhook(&body, header, &secrets, fields[5].parse().unwrap(), fields[6].parse().unwrap());
        println!("{}", match outcome {
            Ok(()) => "ok",
            Err(InvalidSecret) => "invalid_secret",
            Err(MissingHeader) => "missing_header",
            Err(InvalidHeader) => "invalid_header",
            Err(InvalidTimestamp) => "invalid_timestamp",
            Err(TimestampTooOld) => "timestamp_too_old",
            Err(TimestampTooNew) => "timestamp_too_new",
            Err(NoMatch) => "no_match",
        });
    }
}

fn text(field: &str) -> Option<String> {
    (field != "-").then(|| String::from_utf8(base64::decode(field).unwrap()).unwrap())
}
