using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

/// <summary>Prints what WebhookVerifier says of each request on standard input: see ../README.md.</summary>
public static class Vectors
{
    public static void Main()
    {
        for (var line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            var fields = line.Split('\t');
            var sent = new Dictionary<string, string>
            {
                ["webhook-id"] = fields[2], ["webhook-timestamp"] = fields[3], ["webhook-signature"] = fields[4],
            };
            var secrets = fields[1].Split(',').Skip(1).Select(Text);
            var body = Convert.FromBase64String(fields[0]);
            try
            {
                Func<string, string> header = name => sent[name] == "-" ? null : Text(sent[name]);
                WebhookVerifier.Verify(body, header, secrets, long.Parse(fields[5]), long.Parse(fields[6]));
                Console.WriteLine("ok");
            }
            catch (SignatureException error)
            {
                Console.WriteLine(error.Message);
            }
        }
    }

    private static string Text(string field)
    {
        return Encoding.UTF8.GetString(Convert.FromBase64String(field));
    }
}
