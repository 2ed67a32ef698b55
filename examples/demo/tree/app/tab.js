'use strict'

setInterval(() => {}, 2 ** 31 - 1)
console.log(`ready ${process.argv[2]}`)
