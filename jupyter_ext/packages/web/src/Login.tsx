import { Problem } from "@dip/core";
import { Button, Trouble } from "@dip/ui";
import { useState, type FormEvent } from "react";
import type { Http } from "./http";

interface Props {
  http: Http;
  /** Somebody is logged in. */
  entered(): void;
}

const FIELD = "dip:rounded dip:border dip:border-edge dip:bg-ground dip:px-2 dip:py-1.5";
type Way = "login" | "register";

/** Logging in, or making an account with the same two fields. */
export function Login({ http, entered }: Props) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const go = async (way: Way) => {
    setBusy(true);
    setProblem(null);
    try {
      await http[way](email, password);
      entered();
    } catch (thrown) {
      setProblem(Problem.of(thrown));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const pressed = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
    void go(pressed?.value === "register" ? "register" : "login");
  };
  return (
    <main className="dip:grid dip:min-h-full dip:place-items-center dip:p-4">
      <form data-testid="login" onSubmit={submit} className="dip:flex dip:w-full dip:max-w-80 dip:flex-col dip:gap-3">
        <h1 className="dip:text-xl dip:font-semibold">DIP</h1>
        <p className="dip:text-faint">Ask your data in plain words.</p>
        <label className="dip:flex dip:flex-col dip:gap-1">
          Email
          <input
            data-testid="email"
            type="email"
            autoComplete="username"
            required
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            className={FIELD}
          />
        </label>
        <label className="dip:flex dip:flex-col dip:gap-1">
          Password
          <input
            data-testid="password"
            type="password"
            autoComplete="current-password"
            required
            minLength={8}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className={FIELD}
            aria-describedby="password-rule"
          />
          <span id="password-rule" className="dip:text-sm dip:text-faint">
            At least 8 characters.
          </span>
        </label>
        {problem && <Trouble problem={problem} />}
        <div className="dip:flex dip:gap-2">
          <Button type="submit" value="login" variant="brand" data-testid="login-button" disabled={busy} className="dip:px-3 dip:py-1">
            Log in
          </Button>
          <Button type="submit" value="register" data-testid="register-button" disabled={busy} className="dip:px-3 dip:py-1">
            Register
          </Button>
        </div>
      </form>
    </main>
  );
}
