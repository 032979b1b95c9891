import * as Radix from "@radix-ui/react-dropdown-menu";
import type { ComponentProps, ReactNode } from "react";
import { useRoot } from "./Root";

/** A menu below a button. Not modal: a modal one would take the notebook's scrolling away. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  const root = useRoot();
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={root}>
        <Radix.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="dip:z-[10000] dip:min-w-40 dip:rounded dip:border dip:border-line dip:bg-ground dip:p-1 dip:text-sm dip:shadow-lg"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ className = "", ...rest }: ComponentProps<typeof Radix.Item>) {
  return (
    <Radix.Item
      className={`dip:cursor-pointer dip:rounded dip:px-2 dip:py-1 dip:outline-none dip:data-[highlighted]:bg-sunken ${className}`}
      {...rest}
    />
  );
}
