import http from 'node:http'
let conns=0
const s=http.createServer((q,r)=>{q.resume(); q.on('end',()=>{r.writeHead(200,{'content-length':2}); r.end('ok')})}); s.keepAliveTimeout=60000; s.on('connection',()=>conns++); process.on('message',()=>{process.send(conns);conns=0}); s.listen(0,'127.0.0.1',()=>process.send(s.address().port))
