using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>Its message is the code.</summary>
public sealed class SignatureException : Exception
{
    public SignatureException(string code) : base(code) { }
}

/// <summary>Verifies webhooks by Standard Webhooks v1, with nothing but the class library.</summary>
public static class WebhookVerifier
{
    /// <summary>Throws unless one of <paramref name="secrets"/> signed <paramref name="body"/>, the raw bytes.</summary>
    /// <param name="header">Answers a header, or null: <c>name => request.Headers[name]</c>.</param>
    /// <param name="now">In seconds since 1970.</param>
    public static void Verify(
        byte[] body, Func<string, string> header, IEnumerable<string> secrets, long now, long toleranceSeconds = 300)
    {
        var keys = secrets.Select(DecodeSecret).ToList();
        var id = Required(header("webhook-id"));
        var timestamp = Required(header("webhook-timestamp"));
        var signatures = Required(header("webhook-signature"));
        if (!Regex.IsMatch(id, @"\A[A-Za-z0-9_-]{1,128}\z")) throw new SignatureException("invalid_header");
        if (!Regex.IsMatch(timestamp, @"\A(0|[1-9][0-9]{0,10})\z")) throw new SignatureException("invalid_timestamp");
        var items = signatures.Split(' ');
        if (items.Length > 16 || !items.All(item => Regex.IsMatch(item, @"\A[^,]+,[^,]+\z")))
            throw new SignatureException("invalid_header");
        var age = now - long.Parse(timestamp);
        if (age > toleranceSeconds) throw new SignatureException("timestamp_too_old");
        if (-age > toleranceSeconds) throw new SignatureException("timestamp_too_new");

        var content = Encoding.UTF8.GetBytes(id + "." + timestamp + ".").Concat(body).ToArray();
        foreach (var key in keys)
        {
            using (var hmac = new HMACSHA256(key))
            {
                var expected = "v1," + Convert.ToBase64String(hmac.ComputeHash(content));
                if (items.Any(item => IsEqual(item, expected))) return;
            }
        }
        throw new SignatureException("no_match");
    }

    private static string Required(string value)
    {
        return value ?? throw new SignatureException("missing_header");
    }

    private static byte[] DecodeSecret(string secret)
    {
        var key = new byte[0];
        try
        {
            if (secret.StartsWith("whsec_", StringComparison.Ordinal)) key = Convert.FromBase64String(secret.Substring(6));
        }
        catch (FormatException)
        {
            // As any other malformed secret.
        }
        // A lenient decoder skips line breaks and loose bits: only what encodes to the same text is taken.
        var isExact = "whsec_" + Convert.ToBase64String(key) == secret;
        if (!isExact || key.Length < 24 || key.Length > 64) throw new SignatureException("invalid_secret");
        return key;
    }

    // In constant time, as CryptographicOperations.FixedTimeEquals is, which .NET Framework does not have.
    private static bool IsEqual(string a, string b)
    {
        var difference = a.Length ^ b.Length;
        for (var i = 0; i < a.Length && i < b.Length; i++) difference |= a[i] ^ b[i];
        return difference == 0;
    }
}
