console.log(process.version, process.env.INIT_CWD, process.argv.slice(2), process.cwd())
