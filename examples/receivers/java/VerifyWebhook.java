import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies webhooks by Standard Webhooks v1, with nothing but the JDK (11 or newer). */
public final class VerifyWebhook {
    /** Its message is the code. */
    public static final class SignatureException extends Exception {
        SignatureException(String code) {
            super(code);
        }
    }

    private VerifyWebhook() {}

    /**
     * Throws unless one of {@code secrets} signed {@code body}, the raw bytes.
     *
     * @param header answers a header, or null: {@code request::getHeader} of a servlet
     * @param now in seconds since 1970
     */
    public static void verify(
            byte[] body, UnaryOperator<String> header, List<String> secrets, long now, long toleranceSeconds)
            throws SignatureException, GeneralSecurityException {
        for (String secret : secrets) decodeSecret(secret);
        String id = header.apply("webhook-id");
        String timestamp = header.apply("webhook-timestamp");
        String signatures = header.apply("webhook-signature");
        if (id == null || timestamp == null || signatures == null) throw new SignatureException("missing_header");
        if (!id.matches("[A-Za-z0-9_-]{1,128}")) throw new SignatureException("invalid_header");
        if (!timestamp.matches("0|[1-9][0-9]{0,10}")) throw new SignatureException("invalid_timestamp");
        List<String> items = Arrays.asList(signatures.split(" ", -1));
        if (items.size() > 16 || !items.stream().allMatch((item) -> item.matches("[^,]+,[^,]+"))) {
            throw new SignatureException("invalid_header");
        }
        long age = now - Long.parseLong(timestamp);
        if (age > toleranceSeconds) throw new SignatureException("timestamp_too_old");
        if (-age > toleranceSeconds) throw new SignatureException("timestamp_too_new");

        List<byte[]> sent = items.stream().map((item) -> item.getBytes(UTF_8)).collect(Collectors.toList());
        for (String secret : secrets) {
            byte[] expected = sign(decodeSecret(secret), id + "." + timestamp + ".", body).getBytes(UTF_8);
            if (sent.stream().anyMatch((signature) -> MessageDigest.isEqual(signature, expected))) return;
        }
        throw new SignatureException("no_match");
    }

    private static String sign(byte[] key, String prefix, byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update(prefix.getBytes(UTF_8));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    private static byte[] decodeSecret(String secret) throws SignatureException {
        try {
            byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
            // A lenient decoder takes loose bits and absent padding: only what encodes to the same text is taken.
            boolean isExact = secret.equals("whsec_" + Base64.getEncoder().encodeToString(key));
            if (isExact && key.length >= 24 && key.length <= 64) return key;
        } catch (IllegalArgumentException notBase64) {
            // As any other malformed secret.
        }
        throw new SignatureException("invalid_secret");
    }
}
