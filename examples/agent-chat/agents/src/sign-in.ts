// How an agent gets its token: by name, as everybody in this example does.

/** What the server gives whoever signs in. */
interface SignedIn {
  readonly token: string;
}

/**
 * Signs in as an agent. Rejects when the server cannot be reached or says no; the client then tries
 * again, as after any lost connection.
 */
export async function signIn(server: string, agentId: string): Promise<string> {
  const response = await fetch(`${server}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: agentId, role: "agent" }),
  });
  if (!response.ok) {
    throw new Error(`sign-in was refused (${response.status}): ${await response.text()}`);
  }
  const { token } = (await response.json()) as SignedIn;
  return token;
}
