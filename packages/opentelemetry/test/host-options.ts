export const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
