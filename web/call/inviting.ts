// One more person, invited from within the call: a tap for somebody whom the ward
// knows, and a question to the ward for somebody it does not. The page stays where
// it is, since whoever leaves a call for a form has left the call.

import { element, type Parts } from "./parts.ts";

/** Post sends a form, and gives what the hospital says: the names, or why not. */
export type Post = (to: string, form: URLSearchParams) => Promise<Answer>;

/** Answer is what came of an invitation. */
export type Answer = { readonly names: readonly string[] } | { readonly no: string };

const unreachable = "We could not reach the hospital. Try again in a moment.";

/** post is Post by way of the network. */
export async function post(to: string, form: URLSearchParams): Promise<Answer> {
  try {
    const answer = await fetch(to, { method: "POST", headers: { Accept: "application/json" }, body: form });
    const said = (await answer.json()) as { names?: string[]; message?: string };
    return answer.ok ? { names: said.names ?? [] } : { no: said.message ?? unreachable };
  } catch {
    return { no: unreachable };
  }
}

/** added says what came of sending somebody a link. */
export function added(answer: Answer, name: string): string {
  if ("no" in answer) {
    return answer.no;
  }
  return answer.names.length === 0
    ? `${name} is invited already.`
    : `We have sent ${name} a message with their own link. The ward lets them in.`;
}

/** asked says what came of asking the ward. */
export function asked(answer: Answer): string {
  return "no" in answer ? answer.no : `We have asked the ward about ${answer.names.join(", ")}. If it says yes, they get a message.`;
}

/** Inviting is the part of the page that invites. */
export class Inviting {
  constructor(
    private readonly parts: Parts,
    private readonly send: Post = post,
  ) {
    for (const button of parts.all<HTMLButtonElement>("[data-invite]")) {
      button.addEventListener("click", () => void this.invite(button));
    }
    const form = parts.get("ask-ward");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form instanceof HTMLFormElement) {
        void this.ask(form);
      }
    });
  }

  private async invite(button: HTMLButtonElement): Promise<void> {
    const { invite = "", to = "", name = "" } = button.dataset;
    button.disabled = true;
    const answer = await this.send(to, new URLSearchParams({ people: invite }));
    button.disabled = "names" in answer;
    this.say(added(answer, name));
  }

  private async ask(form: HTMLFormElement): Promise<void> {
    const fields = new URLSearchParams();
    new FormData(form).forEach((value, name) => fields.append(name, String(value)));
    const answer = await this.send(form.action, fields);
    if ("names" in answer) {
      form.reset(); // what was refused stays, to be mended
    }
    this.say(asked(answer));
  }

  private say(words: string): void {
    const line = element("span", "");
    line.textContent = words;
    this.parts.get("invited").replaceChildren(line);
    this.parts.reveal("invited", true);
  }
}
