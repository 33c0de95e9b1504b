import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints what VerifyWebhook says of each request on standard input: see ../README.md. */
public final class Vectors {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t");
            Map<String, String> headers = new HashMap<>();
            String[] names = {"webhook-id", "webhook-timestamp", "webhook-signature"};
            for (int i = 0; i < names.length; i++) {
                if (!fields[2 + i].equals("-")) headers.put(names[i], text(fields[2 + i]));
            }
            List<String> secrets =
                    Arrays.stream(fields[1].split(",", -1))
                            .skip(1)
                            .map(Vectors::text)
                            .collect(Collectors.toList());
            byte[] body = Base64.getDecoder().decode(fields[0]);
            try {
                VerifyWebhook.verify(
                        body, headers::get, secrets, Long.parseLong(fields[5]), Long.parseLong(fields[6]));
                System.out.println("ok");
            } catch (VerifyWebhook.SignatureException error) {
                System.out.println(error.getMessage());
            }
        }
    }

    private static String text(String field) {
        return new String(Base64.getDecoder().decode(field), UTF_8);
    }
}
