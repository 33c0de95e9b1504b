//! Standard base64 with padding (RFC 4648, section 4).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0u32, |group, (i, byte)| group | u32::from(*byte) << (16 - 8 * i));
        for i in 0..4 {
            let letter = ALPHABET[(group >> (18 - 6 * i)) as usize & 63] as char;
            text.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

/// None unless `text` is exactly what `encode` makes of some bytes.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut group = 0u32;
    let digits = text.trim_end_matches('=');
    for (i, digit) in digits.bytes().enumerate() {
        let value = ALPHABET.iter().position(|letter| *letter == digit)? as u32;
        group = group << 6 | value;
        if i % 4 != 0 {
            bytes.push((group >> (6 - 2 * (i % 4))) as u8);
        }
    }
    (encode(&bytes) == text).then_some(bytes)
}
