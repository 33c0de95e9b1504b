import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, Pool, request } from 'undici'
import { createGuardedAgent } from './src/network/guarded-agent.ts'
import { resolveNetworkPolicy } from './src/network/network-policy.ts'
import { sendRequest } from './src/deliveries/send-request.ts'
import { systemClock } from './src/clock.ts'
const child = fork('./rx.tmp.mjs'); const [port] = await once(child,'message')
const url = new URL(`http://127.0.0.1:${port}/hooks/a?b=c`)
const headers=['content-type','application/json','user-agent','Leadhooks/0','accept-encoding','identity','webhook-id','evt_0123456789abcdef','webhook-timestamp','1700000000','webhook-signature','v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=','x-webhook-event','new_lead','x-webhook-attempt','1','x-webhook-signature','sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef']
const body=JSON.stringify({id:'evt',event:'new_lead',timestamp:'x',data:{a:'x'.repeat(400)}})
const policy = resolveNetworkPolicy({allowPrivateAddresses:true,allowHttp:true})
const guarded = createGuardedAgent(policy, systemClock), pool = new Pool(url.origin,{connections:64,headersTimeout:0,bodyTimeout:0}), agent = new Agent({connections:64})
const ORI=url.origin, PA='/hooks/a?b=c'
const signal = new AbortController().signal
const hdrObj = Object.fromEntries(Array.from({length:headers.length/2},(_, i)=>[headers[2*i],headers[2*i+1]]))
const variants = {
  request: async()=>{ const r = await request(url,{method:'POST',headers,body,dispatcher:agent}); return (await r.body.text()).length },
  'request+signal': async()=>{ const r = await request(url,{method:'POST',headers,body,dispatcher:agent,signal:AbortSignal.timeout(15000)}); return (await r.body.text()).length },
  dispatch: ()=>new Promise((res,rej)=>pool.dispatch({path:url.pathname+url.search,method:'POST',headers,body},{onRequestStart(){},onResponseStart(){},onResponseData(){},onResponseEnd(){res()},onResponseError(c,e){rej(e)}})),
  dispatchOld: ()=>new Promise((res,rej)=>pool.dispatch({path:url.pathname+url.search,method:'POST',headers,body},{onConnect(){},onHeaders(){return true},onData(){return true},onComplete(){res()},onError(e){rej(e)}})),
  dispatchAgent: ()=>new Promise((res,rej)=>guarded.dispatch({origin:url.origin,path:url.pathname+url.search,method:'POST',headers,body},{onRequestStart(){},onResponseStart(){},onResponseData(){},onResponseEnd(){res()},onResponseError(c,e){rej(e)}})),
  agentConst: ()=>new Promise((res,rej)=>guarded.dispatch({origin:ORI,path:PA,method:'POST',headers,body},{onRequestStart(){},onResponseStart(){},onResponseData(){},onResponseEnd(){res()},onResponseError(c,e){rej(e)}})),
  dispatchConst: ()=>new Promise((res,rej)=>pool.dispatch({path:PA,method:'POST',headers,body},{onRequestStart(){},onResponseStart(){},onResponseData(){},onResponseEnd(){res()},onResponseError(c,e){rej(e)}})),
  sendNoSignal: ()=>sendRequest(guarded,systemClock,{url,headers,body,timeoutMs:15000}),
  sendNoTimer: ()=>sendRequest(guarded,{now:Date.now,schedule:()=>()=>{}},{url,headers,body,timeoutMs:15000}),
  sendRequest: ()=>sendRequest(guarded,systemClock,{url,headers,body,timeoutMs:15000},signal),
}
async function run(f,n){ const t=performance.now(), c=process.cpuUsage(); let left=n; await Promise.all(Array.from({length:64},async()=>{ while(left-->0) await f() })); const cpu=process.cpuUsage(c); return [n/((performance.now()-t)/1000), (cpu.user+cpu.system)/n] }
for (const f of Object.values(variants)) await run(f,4000)
const rates={}, cpus={}
for (let round=0; round<15; round++) for (const [k,f] of Object.entries(variants).sort(()=>Math.random()-.5)) { const [r,c]=await run(f,10000); (rates[k]??=[]).push(r); (cpus[k]??=[]).push(c) }
const med=a=>a.toSorted((x,y)=>x-y)[a.length>>1]
for (const k in rates) console.log(k.padEnd(16), Math.round(med(rates[k])),'/s', med(cpus[k]).toFixed(1),'µs cpu', 'ratio to dispatch', (med(rates[k].map((r,i)=>r/rates.dispatch[i]))).toFixed(3), 'to request', (med(rates[k].map((r,i)=>r/rates.request[i]))).toFixed(3))
child.kill(); process.exit()
