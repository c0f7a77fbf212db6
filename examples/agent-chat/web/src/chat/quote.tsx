// The message that another one answers, in a line.

import { IconCornerUpLeft } from "@tabler/icons-react";
import type { Message } from "@tautline/agent-chat";
import { DisplayName } from "../parts/display-name.js";
import { previewOf } from "../state/preview.js";

/** A message that is not loaded is named as one that was earlier. */
export function Quote({ message }: { message: Message | undefined }) {
  return (
    <div className="message-quote">
      <IconCornerUpLeft size={13} aria-hidden style={{ flex: "none" }} />
      <span>
        {message ? (
          <>
            <span className="visually-hidden">In reply to </span>
            <strong>
              <DisplayName subject={message.author} />
            </strong>{" "}
            {previewOf(message.body)}
          </>
        ) : (
          "In reply to an earlier message"
        )}
      </span>
    </div>
  );
}
