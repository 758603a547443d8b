// A broker of the npm package aedes, for MQTT 3.1.1: node aedes.js PORT
const net = require('node:net')
const { Aedes } = require('aedes')

async function main (port) {
  const broker = await Aedes.createBroker({ concurrency: 1000 })
  broker.authorizePublish = (client, packet, callback) =>
    callback(packet.topic.startsWith('iic/forbidden/') ? new Error('forbidden') : null)
  const server = net.createServer(broker.handle)
  server.listen(port, '127.0.0.1', () => console.log(`aedes listens on ${port}`))
  process.on('SIGTERM', () => { server.close(); broker.close(() => process.exit(0)) })
}

main(Number(process.argv[2]))
