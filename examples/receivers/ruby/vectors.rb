# Prints what verify_webhook says of each request on standard input: see ../README.md.
require_relative "verify_webhook"

NAMES = %w[webhook-id webhook-timestamp webhook-signature].freeze

def decode(field)
  field.unpack1("m0").force_encoding("UTF-8")
end

$stdin.each_line(chomp: true) do |line|
  body, secrets, *values, now, tolerance = line.split("\t")
  headers = NAMES.zip(values).reject { |_, value| value == "-" }.to_h { |name, value| [name, decode(value)] }
  keys = secrets.split(",", -1).drop(1).map { |secret| decode(secret) }
  begin
    verify_webhook(decode(body), headers, keys, now: now.to_i, tolerance: tolerance.to_i)
    puts "ok"
  rescue SignatureError => e
    puts e.code
  end
end
