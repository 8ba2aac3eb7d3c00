from engagement_lib.generator.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
