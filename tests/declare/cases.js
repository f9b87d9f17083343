// Reads {programs, cases} as JSON from standard input, answers with what asked.js would show in each case.
require(process.argv[2]);
let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const cases = JSON.parse(text);
  process.stdout.write(JSON.stringify(cases.map(([program, body]) => [...globalThis.eventsvcAsked.shown(program, body)].sort())));
});
