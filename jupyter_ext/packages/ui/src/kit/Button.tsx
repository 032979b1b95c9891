import { forwardRef, type ButtonHTMLAttributes } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `brand` for the one thing to do, `quiet` for what stands aside. */
  variant?: "plain" | "brand" | "quiet";
}

const LOOKS = {
  plain: "dip:border dip:border-edge dip:bg-ground dip:hover:bg-raised",
  brand: "dip:bg-brand dip:text-on-brand dip:hover:opacity-90",
  quiet: "dip:hover:bg-raised",
};

/** A button. It submits nothing unless it is told to. */
export const Button = forwardRef<HTMLButtonElement, Props>(function Button(
  { variant = "plain", className = "", ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type="button"
      className={`dip:rounded dip:px-2 dip:py-0.5 dip:text-left dip:text-sm dip:disabled:opacity-50 ${LOOKS[variant]} ${className}`}
      {...rest}
    />
  );
});
