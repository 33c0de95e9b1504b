import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, Pool, request } from 'undici'
import { createGuardedAgent } from './src/network/guarded-agent.ts'
import { resolveNetworkPolicy } from './src/network/network-policy.ts'
import { sendRequest as now } from './src/deliveries/send-now.tmp.ts'
import { sendRequest as later } from './src/deliveries/send-later.tmp.ts'
import { systemClock } from './src/clock.ts'
const child = fork('./rx.tmp.mjs'); const [port] = await once(child,'message')
const url = new URL(`http://127.0.0.1:${port}/hooks/a?b=c`)
const headers=['content-type','application/json','user-agent','Leadhooks/0','accept-encoding','identity','webhook-id','evt_0123456789abcdef','webhook-timestamp','1700000000','webhook-signature','v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=','x-webhook-event','new_lead','x-webhook-attempt','1','x-webhook-signature','sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef']
const body=JSON.stringify({id:'evt',event:'new_lead',timestamp:'x',data:{a:'x'.repeat(400)}})
const policy = resolveNetworkPolicy({allowPrivateAddresses:true,allowHttp:true})
const A = createGuardedAgent(policy, systemClock), B = createGuardedAgent(policy, systemClock), C=createGuardedAgent(policy, systemClock,{connections:64}), pool = new Pool(url.origin,{connections:64,headersTimeout:0,bodyTimeout:0}), agent = new Agent({connections:64})
const signal = new AbortController().signal
const d=(p)=>()=>new Promise((res,rej)=>p.dispatch({origin:url.origin,path:url.pathname+url.search,method:'POST',headers,body},{onRequestStart(){},onResponseStart(){},onResponseData(){},onResponseEnd(){res()},onResponseError(c,e){rej(e)}}))
const variants = {
  request: async()=>{ const r = await request(url,{method:'POST',headers,body,dispatcher:agent}); return (await r.body.text()).length },
  'request+signal': async()=>{ const r = await request(url,{method:'POST',headers,body,dispatcher:agent,signal:AbortSignal.timeout(15000)}); return (await r.body.text()).length },
  dispatch: d(pool),
  'send now, no limit': ()=>now(A,systemClock,{url,headers,body,timeoutMs:15000},signal),
  'send later, no limit': ()=>later(B,systemClock,{url,headers,body,timeoutMs:15000},signal),
  'send now, 64': ()=>now(C,systemClock,{url,headers,body,timeoutMs:15000},signal),
}
async function run(f,n){ const t=performance.now(), c=process.cpuUsage(); let left=n; await Promise.all(Array.from({length:64},async()=>{ while(left-->0) await f() })); const cpu=process.cpuUsage(c); return [n/((performance.now()-t)/1000), (cpu.user+cpu.system)/n] }
for (const f of Object.values(variants)) await run(f,4000)
const rates={}, cpus={}, conns={}
for (let round=0; round<15; round++) for (const [k,f] of Object.entries(variants).sort(()=>Math.random()-.5)) { const [r,c]=await run(f,10000); (rates[k]??=[]).push(r); (cpus[k]??=[]).push(c); child.send(1); (conns[k]??=[]).push((await once(child,'message'))[0]) }
const med=a=>a.toSorted((x,y)=>x-y)[a.length>>1]
for (const k in variants) console.log(k.padEnd(22), String(Math.round(med(rates[k]))).padStart(6),'/s', med(cpus[k]).toFixed(1),'µs cpu', 'x dispatch', (med(rates[k].map((r,i)=>r/rates.dispatch[i]))).toFixed(3), 'x request', (med(rates[k].map((r,i)=>r/rates.request[i]))).toFixed(3), 'x request+signal', (med(rates[k].map((r,i)=>r/rates['request+signal'][i]))).toFixed(3), 'new conns', Math.max(...conns[k]))
child.kill(); process.exit()
