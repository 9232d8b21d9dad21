/** A token service (STS) that gives the keys of an object store for the token that it knows, and counts how often. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TokenService {
  readonly url: string;
  /** Roles that were taken on, in their order. */
  readonly roles: readonly string[];
  stop(): Promise<void>;
}

/** What it knows, and what it gives. */
export interface TokenExchange {
  readonly token: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Serves AssumeRoleWithWebIdentity on a free port of 127.0.0.1. */
export async function startTokenService(known: TokenExchange): Promise<TokenService> {
  const roles: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const form = new URLSearchParams(body);
      const isKnown =
        form.get("Action") === "AssumeRoleWithWebIdentity" && form.get("WebIdentityToken") === known.token;
      if (isKnown) roles.push(form.get("RoleArn") ?? "");
      response.writeHead(isKnown ? 200 : 403, { "content-type": "text/xml" });
      response.end(isKnown ? credentials(known) : REFUSAL);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    roles,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

const REFUSAL = `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>`;

function credentials({ accessKeyId, secretAccessKey }: TokenExchange): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  // The object store of the tests knows no sessions; an empty token stands for none.
  return `<AssumeRoleWithWebIdentityResponse ${NAMESPACE}><AssumeRoleWithWebIdentityResult>
<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
<SessionToken></SessionToken><Expiration>${expiration}</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
}
