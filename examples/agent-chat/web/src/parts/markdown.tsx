// Words in Markdown, as messages, contexts and results have them.

import { Code, Typography } from "@mantine/core";
import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import "./markdown.css";

const PLUGINS = [remarkGfm];

const COMPONENTS: Components = {
  // A message leads out of the page, and never takes it along.
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  code: ({ children }) => <Code>{children}</Code>,
  // Headings of a message are none of the page's.
  h1: ({ children }) => <p className="markdown-heading">{children}</p>,
  h2: ({ children }) => <p className="markdown-heading">{children}</p>,
  h3: ({ children }) => <p className="markdown-heading">{children}</p>,
};

/** Markdown without HTML: what somebody writes is never run. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <Typography className="markdown">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </Typography>
  );
});
