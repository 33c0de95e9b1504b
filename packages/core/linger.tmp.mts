import net from 'node:net'; import { once } from 'node:events'
import { createGuardedAgent } from './src/network/guarded-agent.ts'
import { resolveNetworkPolicy } from './src/network/network-policy.ts'
import { sendRequest } from './src/deliveries/send-request.ts'
import { systemClock } from './src/clock.ts'
const s = net.createServer(()=>{}).listen(0); await once(s,'listening'); s.unref(); s.on('connection', c=>c.unref())
const a = createGuardedAgent(resolveNetworkPolicy({allowPrivateAddresses:true}), systemClock)
console.log((await sendRequest(a, systemClock, {url:new URL(`https://127.0.0.1:${s.address().port}`),headers:[],body:'',timeoutMs:100})).failure)
const t=Date.now(); await a.destroy(); process.on('exit',()=>console.log('lingered', Date.now()-t))
