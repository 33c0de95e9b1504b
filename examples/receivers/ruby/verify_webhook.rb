# Verifies a webhook by Standard Webhooks v1, with nothing but Ruby's standard library (2.7 or newer).
require "openssl"

class SignatureError < StandardError
  attr_reader :code

  def initialize(code)
    super
    @code = code
  end
end

# Raises a SignatureError, unless one of `secrets` signed `body` (the raw bytes: `request.raw_post` in Rails).
# `headers["webhook-id"]` answers a header, as the `request.headers` of Rails does.
def verify_webhook(body, headers, secrets, now: Time.now.to_i, tolerance: 300)
  keys = secrets.map { |secret| decode_webhook_secret(secret) }
  id, timestamp, signatures = %w[webhook-id webhook-timestamp webhook-signature].map do |name|
    headers[name] or raise SignatureError, "missing_header"
  end
  raise SignatureError, "invalid_header" unless id.match?(/\A[A-Za-z0-9_-]{1,128}\z/)
  raise SignatureError, "invalid_timestamp" unless timestamp.match?(/\A(0|[1-9][0-9]{0,10})\z/)

  items = signatures.split(" ", -1)
  is_well_formed = items.any? && items.size <= 16 && items.all? { |item| item.match?(/\A[^,\s]+,[^,\s]+\z/) }
  raise SignatureError, "invalid_header" unless is_well_formed && items.join(" ") == signatures

  age = now - timestamp.to_i
  raise SignatureError, "timestamp_too_old" if age > tolerance
  raise SignatureError, "timestamp_too_new" if -age > tolerance

  expected = keys.map do |key|
    "v1,#{[OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)].pack("m0")}"
  end
  is_signed = items.any? { |item| expected.any? { |signature| OpenSSL.secure_compare(item, signature) } }
  raise SignatureError, "no_match" unless is_signed
end

def decode_webhook_secret(secret)
  key = secret.start_with?("whsec_") ? secret.delete_prefix("whsec_").unpack1("m0") : ""
  return key if key.bytesize.between?(24, 64) && "whsec_#{[key].pack("m0")}" == secret

  raise SignatureError, "invalid_secret"
rescue ArgumentError
  raise SignatureError, "invalid_secret"
end
