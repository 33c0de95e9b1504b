import type { Snippet } from '../parts/secret-dialog.tsx'

/** How a key is used. The token itself is in none of these: it belongs into the environment. */
export const keySnippets: readonly Snippet[] = [
  {
    language: 'cURL',
    code: 'curl https://api.example.com/contacts \\\n  -H "Authorization: Bearer $API_KEY"',
  },
  {
    language: 'Node.js',
    code: `const response = await fetch('https://api.example.com/contacts', {
  headers: { authorization: \`Bearer \${process.env.API_KEY}\` },
})`,
  },
  {
    language: 'Python',
    code: `import os, requests

response = requests.get(
    "https://api.example.com/contacts",
    headers={"Authorization": f"Bearer {os.environ['API_KEY']}"},
)`,
  },
]
