// The one WebSocket: the server's news in, and a fresh snapshot after every reconnect. Actions go by POST.

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;

/** Calls `hear(message)` for each piece of news and `online(bool)` when the connection comes and goes. */
export class Feed {
  constructor({ hear, online, person }) {
    this.hear = hear;
    this.online = online;
    this.wait = FIRST_WAIT;
    this.person = person;
  }

  /** See the workspace as this person from now on. */
  watch(person) {
    this.person = person;
    if (this.socket?.readyState === WebSocket.OPEN) this.send();
  }

  send() {
    if (this.person) this.socket.send(JSON.stringify({ watch: this.person }));
  }

  connect() {
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`);
    this.socket.addEventListener("open", () => {
      this.wait = FIRST_WAIT;
      this.online(true);
      this.send();
    });
    this.socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      this.online(false);
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    });
  }
}

/** One action for the server: its JSON answer, or an Error with a sentence for the reader. */
export async function post(action, body) {
  const answer = await fetch(`/do/${action}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.error ?? `The playground answered ${answer.status}.`);
  return json;
}
